# python/: the extension module of the wheel, on the same libraries as the program. pyproject.toml asks for it; the other
# builds leave it out, since it needs Python's headers and nanobind.
function(inlet_python name)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  if(NOT INLET_PYTHON)
    return()
  endif()
  find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module ${SKBUILD_SABI_COMPONENT})
  execute_process(COMMAND ${Python_EXECUTABLE} -m nanobind --cmake_dir
    OUTPUT_STRIP_TRAILING_WHITESPACE OUTPUT_VARIABLE nanobind_ROOT COMMAND_ERROR_IS_FATAL ANY)
  find_package(nanobind CONFIG REQUIRED)
  inlet_sources(sources ${CMAKE_SOURCE_DIR}/${name}/src)
  nanobind_add_module(_native STABLE_ABI NB_STATIC NOMINSIZE ${sources})
  target_include_directories(_native SYSTEM PRIVATE ${NB_DIR}/include)
  target_link_libraries(_native PRIVATE inlet_compile ${ARG_USES})
  nanobind_add_stub(_native_stub MODULE _native OUTPUT ${CMAKE_BINARY_DIR}/_native.pyi
    PYTHON_PATH $<TARGET_FILE_DIR:_native> DEPENDS _native)
  install(TARGETS _native LIBRARY DESTINATION inlet COMPONENT python)
  install(FILES ${CMAKE_BINARY_DIR}/_native.pyi DESTINATION inlet COMPONENT python)
endfunction()
