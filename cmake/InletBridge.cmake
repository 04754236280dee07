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
target_link_libraries(inlet_bridge INTERFACE
  ${INLET_BRIDGE_DIR}/libinlet_bridge.a dl m pthread)
