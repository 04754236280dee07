#include "inlet/net/auth.h"

#include <openssl/evp.h>

namespace inlet::net {

Credential bearer(const Secret& token) {
  return header_key("Authorization", "Bearer", token);
}

Credential basic(std::string_view user, const Secret& password) {
  const std::string pair = std::string(user) + ":" + password.reveal();
  return header_key("Authorization", "Basic", Secret(base64(pair)));
}

Credential header_key(std::string name, std::string_view prefix, const Secret& key) {
  std::string value(prefix);
  if (!prefix.empty()) value.push_back(' ');
  return {Credential::Place::Header, std::move(name), Secret(value + key.reveal())};
}

Credential query_key(std::string name, const Secret& key) {
  return {Credential::Place::Query, std::move(name), key};
}

std::string base64(std::string_view bytes) {
  // EVP_EncodeBlock ends its text with a zero byte.
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace inlet::net
