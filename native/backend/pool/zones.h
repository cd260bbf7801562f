// Which names are likely to be answered, or not answered, by the same server.
#pragma once

#include <string>
#include <string_view>

namespace rescind {

// The last two labels of a host's name, in small letters: 'example.org' of 'www.Example.org.'. One group of the queue.
[[nodiscard]] inline std::string zoneOf(std::string_view name) {
  name = name.substr(0, name.find('\0'));
  while (name.ends_with('.')) name.remove_suffix(1);
  const std::size_t last = name.rfind('.');
  if (last != std::string_view::npos && last > 0) {
    const std::size_t second = name.rfind('.', last - 1);
    if (second != std::string_view::npos) name.remove_prefix(second + 1);
  }
  std::string zone(name);
  for (char& letter : zone) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return zone;
}

// The first two numbers of an IPv4 address, the first three of an IPv6 address.
[[nodiscard]] inline std::string networkOf(std::string_view address) {
  address = address.substr(0, address.find('\0'));
  const bool isIpv6 = address.find(':') != std::string_view::npos;
  std::size_t end = 0;
  for (int numbers = isIpv6 ? 3 : 2; numbers > 0 && end != std::string_view::npos; numbers--) {
    end = address.find(isIpv6 ? ':' : '.', end == 0 ? 0 : end + 1);
  }
  return std::string(address.substr(0, end));
}

}  // namespace rescind
