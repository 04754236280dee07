# The Rust bridge: one release build shared by all presets, in a cache outside the tree (tools/build_bridge).
set(INLET_BRIDGE_DIR ${CMAKE_SOURCE_DIR}/build/bridge)
add_custom_target(inlet_bridge_build
  COMMAND ${CMAKE_SOURCE_DIR}/tools/build_bridge ${INLET_BRIDGE_DIR}
  BYPRODUCTS ${INLET_BRIDGE_DIR}/libinlet_bridge.a
  USES_TERMINAL)
file(MAKE_DIRECTORY ${INLET_BRIDGE_DIR})
add_library(inlet_bridge INTERFACE)
add_dependencies(inlet_bridge inlet_bridge_build)
target_include_directories(inlet_bridge INTERFACE ${CMAKE_SOURCE_DIR}/bridge/include)
if(INLET_SANITIZE STREQUAL "thread")
  # TSan does not see the locks of what it does not instrument. In a library of its own the bridge can be left out as a whole
  # (ignore_noninstrumented_modules); what it does with our memory is ordered by base/foreign_threads.h.
  set(bridge_shared ${CMAKE_BINARY_DIR}/libinlet_bridge.so)
  add_custom_command(OUTPUT ${bridge_shared}
    COMMAND ${CMAKE_CXX_COMPILER} -shared -o ${bridge_shared}
      -Wl,--whole-archive ${INLET_BRIDGE_DIR}/libinlet_bridge.a -Wl,--no-whole-archive -ldl -lm -lpthread
    DEPENDS inlet_bridge_build ${INLET_BRIDGE_DIR}/libinlet_bridge.a)
  add_custom_target(inlet_bridge_shared DEPENDS ${bridge_shared})
  add_dependencies(inlet_bridge inlet_bridge_shared)
  target_link_libraries(inlet_bridge INTERFACE ${bridge_shared})
else()
  target_link_libraries(inlet_bridge INTERFACE ${INLET_BRIDGE_DIR}/libinlet_bridge.a dl m pthread)
endif()
