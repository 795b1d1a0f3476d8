#pragma once

#include <openssl/types.h>

#include <memory>

namespace gdoi::crypto {

/// The library context of this project: OpenSSL's default provider, no configuration file, so that
/// neither the system's settings nor another library in the process (Wireshark's) changes what we
/// can decrypt. Lives until the process ends or the plugin is unloaded.
[[nodiscard]] OSSL_LIB_CTX* openssl_context();

/// Frees what OpenSSL allocated; contexts and keys are wiped by it.
template <auto Free>
struct OpensslFree {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

template <typename T, auto Free>
using OpensslOwned = std::unique_ptr<T, OpensslFree<Free>>;

/// Takes OpenSSL's errors of one operation off the thread's queue again: the text of ours says
/// more, and others in the process read that queue too.
class OpensslErrors {
 public:
  OpensslErrors();
  OpensslErrors(const OpensslErrors&)            = delete;
  OpensslErrors& operator=(const OpensslErrors&) = delete;
  OpensslErrors(OpensslErrors&&)                 = delete;
  OpensslErrors& operator=(OpensslErrors&&)      = delete;
  ~OpensslErrors();
};

}  // namespace gdoi::crypto
