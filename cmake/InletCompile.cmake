# Warnings, sanitizers and the linker: one interface target that every target of ours uses.
add_library(inlet_compile INTERFACE)
target_include_directories(inlet_compile INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
target_compile_definitions(inlet_compile INTERFACE INLET_VERSION="${PROJECT_VERSION}")
# GCC 12 takes a scoped enumerator (TypeKind::Json) for a shadow of the type Json, so it looks at locals only. Designated
# initialisers leave members to their defaults on purpose.
target_compile_options(inlet_compile INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Werror -Wno-missing-field-initializers -fno-omit-frame-pointer
  $<IF:$<CXX_COMPILER_ID:GNU>,-Wshadow=local,-Wshadow>)
# g++ 12 sees overlapping copies in `"text" + string` where there are none (GCC bug 105651), when it optimises.
target_compile_options(inlet_compile INTERFACE $<$<CONFIG:Release>:-Wno-restrict> $<$<CONFIG:Release>:-Wno-maybe-uninitialized>)
if(INLET_SANITIZE)
  target_compile_options(inlet_compile INTERFACE -fsanitize=${INLET_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(inlet_compile INTERFACE -fsanitize=${INLET_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Instrumented code confuses GCC's flow analysis.
    target_compile_options(inlet_compile INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()
if(INLET_FUZZ)
  target_compile_options(inlet_compile INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(INLET_MOLD mold)
if(INLET_MOLD)
  target_link_options(inlet_compile INTERFACE -fuse-ld=mold)
endif()
find_program(INLET_CCACHE ccache)
if(INLET_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${INLET_CCACHE})
endif()
