# The addon by which the tests see from outside what the runtime does. It is built like the other one, and never packed.

file(GLOB OUTSIDE_SOURCES CONFIGURE_DEPENDS test/support/windows/*.cc)
add_library(rescind_outside SHARED ${OUTSIDE_SOURCES} native/os/windows/host_module_hook.cc)
foreach(PROPERTY PREFIX SUFFIX CXX_VISIBILITY_PRESET RUNTIME_OUTPUT_DIRECTORY MSVC_RUNTIME_LIBRARY
    COMPILE_DEFINITIONS COMPILE_OPTIONS LINK_OPTIONS LINK_LIBRARIES)
  get_target_property(VALUE rescind ${PROPERTY})
  if(NOT VALUE MATCHES "-NOTFOUND$")
    set_property(TARGET rescind_outside PROPERTY ${PROPERTY} "${VALUE}")
  endif()
endforeach()
set_target_properties(rescind_outside PROPERTIES OUTPUT_NAME outside)
target_include_directories(rescind_outside PRIVATE native)
target_include_directories(rescind_outside SYSTEM PRIVATE ${NODE_HEADERS})
add_dependencies(rescind_outside host_library)
