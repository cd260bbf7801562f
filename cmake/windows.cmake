# What the target rescind needs on Windows, with MSVC there and with mingw-w64 from elsewhere.

target_compile_definitions(rescind PRIVATE
  # Windows 10 is the oldest system Node runs on.
  _WIN32_WINNT=0x0A00 WINVER=0x0A00 NOMINMAX WIN32_LEAN_AND_MEAN UNICODE _UNICODE)

# The functions of Node-API and libuv are in the program that loads the addon, whatever its file is called: node.exe,
# electron.exe, a single executable. So they are imported late, and native/os/windows/host_module_hook.cc names the
# module. (CMAKE_JS_SRC would be another such hook.) node-api-headers lists the functions of Node-API, and event_loop.h
# declares those of libuv.
execute_process(
  COMMAND node -p "require('node-api-headers').def_paths.node_api_def"
  WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
  OUTPUT_VARIABLE NODE_API_DEF
  OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
file(TO_CMAKE_PATH "${NODE_API_DEF}" NODE_API_DEF)
set(EVENT_LOOP_HEADER ${CMAKE_CURRENT_SOURCE_DIR}/native/napi/event_loop.h)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${NODE_API_DEF} ${EVENT_LOOP_HEADER})
file(READ ${NODE_API_DEF} HOST_DEF)
file(READ ${EVENT_LOOP_HEADER} EVENT_LOOP)
string(REGEX MATCHALL "uv_[a-z_]+\\(" EVENT_LOOP_FUNCTIONS "${EVENT_LOOP}")
list(REMOVE_DUPLICATES EVENT_LOOP_FUNCTIONS)
list(JOIN EVENT_LOOP_FUNCTIONS "\n" EVENT_LOOP_FUNCTIONS)
string(REPLACE "(" "" EVENT_LOOP_FUNCTIONS "${EVENT_LOOP_FUNCTIONS}")
set(HOST_DEF_FILE ${CMAKE_CURRENT_BINARY_DIR}/host.def)
file(CONFIGURE OUTPUT ${HOST_DEF_FILE} CONTENT "${HOST_DEF}\n${EVENT_LOOP_FUNCTIONS}" @ONLY)

set(HOST_LIBRARY ${CMAKE_CURRENT_BINARY_DIR}/host.lib)
if(MSVC)
  set(MAKE_HOST_LIBRARY ${CMAKE_AR} /nologo /def:${HOST_DEF_FILE} /out:${HOST_LIBRARY} /machine:${CMAKE_CXX_COMPILER_ARCHITECTURE_ID})
else()
  set(MAKE_HOST_LIBRARY ${CMAKE_DLLTOOL} --input-def ${HOST_DEF_FILE} --output-delaylib ${HOST_LIBRARY})
endif()
add_custom_command(OUTPUT ${HOST_LIBRARY} COMMAND ${MAKE_HOST_LIBRARY} DEPENDS ${HOST_DEF_FILE} VERBATIM)
add_custom_target(host_library DEPENDS ${HOST_LIBRARY})
add_dependencies(rescind host_library)
target_link_libraries(rescind PRIVATE ${HOST_LIBRARY} delayimp ws2_32 ntdll)

if(MSVC)
  set_target_properties(rescind PROPERTIES MSVC_RUNTIME_LIBRARY "MultiThreaded$<$<CONFIG:Debug>:Debug>")
  target_compile_options(rescind PRIVATE /W4 /WX /permissive- /utf-8 /EHsc /Zc:__cplusplus)
  # Libraries of the system come from its own folder, never from one beside the addon.
  target_link_options(rescind PRIVATE /DELAYLOAD:NODE.EXE /DEPENDENTLOADFLAG:0x800)
else()
  # Conversions and shadows are what MSVC also warns of. Of debug information Wine 8 reads the fourth version at most.
  target_compile_options(rescind PRIVATE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Wno-missing-field-initializers -gdwarf-4)
  # The C++ runtime comes along: nobody has mingw's libraries.
  target_link_options(rescind PRIVATE -static)
  # cmake-js knows the system it runs on, where libraries are not programs.
  if(CMAKE_LIBRARY_OUTPUT_DIRECTORY)
    set_target_properties(rescind PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_LIBRARY_OUTPUT_DIRECTORY})
  endif()
endif()
