#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/clock.h"
#include "inlet/base/error.h"
#include "inlet/base/secret.h"

namespace inlet::store {

/// One object below a folder.
struct ObjectInfo {
  std::string url;
  std::uint64_t size = 0;
  Timestamp modified = {};
  std::string etag = {};  ///< empty where the store has none
};

/// Credentials and endpoints of object stores by option name (`aws_region`, ...). Unknown names are
/// refused.
using StoreOptions = std::map<std::string, Secret>;

enum class IfPresent { Replace, Fail };

/// Objects by URL: file:///..., s3://..., abfss://..., gs://... . Safe from any thread. Errors:
/// NotFound, Auth, Conflict (put with IfPresent::Fail found one), Unavailable, Indeterminate.
class Store {
 public:
  virtual ~Store() = default;

  /// Objects below `folder_url`, in the order of their URLs, sub-folders included; `visit` stops
  /// the walk by failing. A local folder that does not exist is NotFound.
  virtual Status list(std::string_view folder_url,
                      const std::function<Status(const ObjectInfo&)>& visit) = 0;
  virtual Result<ObjectInfo> head(std::string_view url) = 0;
  virtual Result<std::string> get(std::string_view url) = 0;
  /// At most `length` bytes from `offset`; fewer at the end of the object.
  virtual Result<std::string> get_range(std::string_view url, std::uint64_t offset,
                                        std::uint64_t length) = 0;
  /// The object is whole and durable once this returns; readers never see a part of it.
  virtual Status put(std::string_view url, std::string_view bytes, IfPresent if_present) = 0;
  virtual Status remove(std::string_view url) = 0;
};

/// The store over the bridge. No I/O until the first call.
std::unique_ptr<Store> make_store(StoreOptions options);

/// A local path (absolute or relative to the working directory) or a URL, as a URL with no slash at
/// its end.
Result<std::string> to_url(std::string_view path_or_url);

}  // namespace inlet::store
