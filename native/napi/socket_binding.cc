#include "napi/socket_binding.h"

#include <array>
#include <cstring>
#include <span>

#include "napi/environment.h"
#include "os/close_descriptor.h"
#include "os/connection_information.h"
#include "os/error_numbers.h"
#include "os/socket_address.h"
#include "os/socket_calls.h"
#include "os/socket_options.h"

namespace rescind {

namespace {

using Napi::CallbackInfo;
using Napi::Value;

int integer(const CallbackInfo& info, std::size_t index) { return info[index].As<Napi::Number>().Int32Value(); }

// The bytes of a Uint8Array; none for null. Valid while the arguments live.
std::span<const std::byte> bytes(const CallbackInfo& info, std::size_t index) {
  if (!info[index].IsTypedArray()) return {};
  const auto array = info[index].As<Napi::Uint8Array>();
  return {reinterpret_cast<const std::byte*>(array.Data()), array.ByteLength()};
}

Value number(const CallbackInfo& info, int value) { return Napi::Number::New(info.Env(), value); }

Value socketBind(const CallbackInfo& info) { return number(info, bindSocket(integer(info, 0), bytes(info, 1))); }

Value socketListen(const CallbackInfo& info) {
  return number(info, listenOnSocket(integer(info, 0), integer(info, 1)));
}

Value writeAddress(const CallbackInfo& info, int (*addressOf)(int, std::byte*) noexcept) {
  std::array<std::byte, wireAddressMost> address;
  const int length = addressOf(integer(info, 0), address.data());
  if (length < 0) return number(info, length);
  auto into = info[1].As<Napi::Uint8Array>();
  if (into.ByteLength() < static_cast<std::size_t>(length)) return number(info, -error::noBuffers);
  std::memcpy(into.Data(), address.data(), static_cast<std::size_t>(length));
  return number(info, length);
}

Value socketLocalAddress(const CallbackInfo& info) { return writeAddress(info, localAddressOf); }

Value socketRemoteAddress(const CallbackInfo& info) { return writeAddress(info, remoteAddressOf); }

Value socketSetOption(const CallbackInfo& info) {
  const auto option = static_cast<SocketOption>(integer(info, 1));
  return number(info, setSocketOption(integer(info, 0), option, integer(info, 2)));
}

Value socketGetOption(const CallbackInfo& info) {
  return number(info, getSocketOption(integer(info, 0), static_cast<SocketOption>(integer(info, 1))));
}

Value socketInformation(const CallbackInfo& info) {
  auto into = info[1].As<Napi::Float64Array>();
  if (into.ElementLength() < connectionNumbers) return number(info, -error::noBuffers);
  return number(info, connectionInformation(integer(info, 0),
                                            std::span<double, connectionNumbers>(into.Data(), connectionNumbers)));
}

Value socketMembership(const CallbackInfo& info) {
  const MembershipChange change = integer(info, 1) != 0 ? MembershipChange::add : MembershipChange::drop;
  return number(info, changeMembership(integer(info, 0), change, bytes(info, 2), bytes(info, 3), bytes(info, 4)));
}

Value socketMulticastInterface(const CallbackInfo& info) {
  return number(info, setMulticastInterface(integer(info, 0), bytes(info, 1)));
}

Value handleCloseNow(const CallbackInfo& info) {
  auto& environment = *static_cast<Environment*>(info.Data());
  if (environment.isOpen()) environment.pump().router().noteClosed(integer(info, 0));
  return number(info, closeDescriptor(integer(info, 0)));
}

}  // namespace

void exportSockets(Napi::Env env, Napi::Object exports, Environment* environment) {
  const auto add = [&](const char* name, Value (*function)(const CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name, environment));
  };
  add("socketBind", socketBind);
  add("socketListen", socketListen);
  add("socketLocalAddress", socketLocalAddress);
  add("socketRemoteAddress", socketRemoteAddress);
  add("socketSetOption", socketSetOption);
  add("socketGetOption", socketGetOption);
  add("socketInformation", socketInformation);
  add("socketMembership", socketMembership);
  add("socketMulticastInterface", socketMulticastInterface);
  add("handleCloseNow", handleCloseNow);
}

}  // namespace rescind
