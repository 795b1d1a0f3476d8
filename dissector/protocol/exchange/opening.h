#pragma once

#include "protocol/exchange/phase1.h"
#include "protocol/exchange/plaintext.h"

namespace gdoi::exchange {

/// A message that was decrypted, or why it was not.
struct Opening {
  Crypt crypt           = Crypt::kNoKey;
  crypto::Cipher cipher = crypto::Cipher::kAes128Cbc;
  Block iv{};
  std::size_t key = 0;  ///< place in Phase1Keys::ciphers; only where kDecrypted
  Secret plaintext;
};

/// Which message is to be opened.
struct Sealed {
  ByteView ciphertext;
  std::uint8_t first_payload = 0;
  Sender sender              = Sender::kUnknown;
  std::uint8_t number        = 0;  ///< as order and direction have it
  bool informational         = false;
};

/// Tries the keys of a phase 1 with the IVs that the messages seen so far allow (RFC 2409 appendix
/// B): the last block of the message before in either direction, of the others in the exchange
/// where messages are lost, repeated or out of order, or the exchange's first IV. With no
/// `conversation` it is a phase-1 message. Changes nothing but which keys have proved right.
[[nodiscard]] Opening open_message(const crypto::Suite& suite, Phase1& phase1,
                                   const Conversation* conversation, const Sealed& sealed);

}  // namespace gdoi::exchange
