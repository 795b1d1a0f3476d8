#include "protocol/registration/counts.h"

namespace gdoi::registration {

namespace {

using exchange::Crypt;
using exchange::Exchange;
using exchange::FrameRecord;
using exchange::Verdict;

void count_kind(const FrameRecord& record, Counts& counts) {
  switch (record.exchange) {
    case Exchange::kMain:
    case Exchange::kAggressive:
      ++(record.crypt == Crypt::kClear ? counts.phase1_clear : counts.phase1_encrypted);
      break;
    case Exchange::kPull:
      ++counts.pull;
      break;
    case Exchange::kInformational:
      ++counts.informational;
      break;
    case Exchange::kPush:
      ++counts.push;
      break;
    case Exchange::kPushAck:
      ++counts.push_ack;
      break;
    default:
      break;
  }
}

void count_good(const FrameRecord& record, Counts& counts) {
  const bool hash      = record.hash == Verdict::kGood;
  const bool signature = record.signature == Verdict::kGood;
  switch (record.exchange) {
    case Exchange::kMain:
    case Exchange::kAggressive:
      counts.phase1_auth_good += hash || signature ? 1 : 0;
      break;
    case Exchange::kPull:
      if (hash && record.number >= 1 && record.number <= counts.pull_hash_good.size()) {
        ++counts.pull_hash_good.at(record.number - 1U);
      }
      break;
    case Exchange::kInformational:
      counts.informational_hash_good += hash ? 1 : 0;
      break;
    case Exchange::kPush:
      counts.push_sig_good += signature ? 1 : 0;
      break;
    default:
      break;
  }
}

void count_verdicts(const FrameRecord& record, Counts& counts) {
  if (record.retransmission_of != 0 ||
      (record.crypt != Crypt::kClear && record.crypt != Crypt::kDecrypted)) {
    return;
  }
  count_good(record, counts);
  for (const auto verdict : {record.hash, record.signature}) {
    counts.bad += verdict == Verdict::kBad ? 1 : 0;
    counts.unverified += verdict == Verdict::kUnverified ? 1 : 0;
  }
}

}  // namespace

void count_message(const FrameRecord& record, Counts& counts) {
  ++counts.messages;
  if (record.crypt != Crypt::kClear) {
    ++(record.crypt == Crypt::kDecrypted ? counts.decrypted : counts.undecrypted);
  }
  if (record.retransmission_of != 0) {
    ++counts.retransmissions;
  } else {
    count_kind(record, counts);
  }
  count_verdicts(record, counts);
}

void count_late(const FrameRecord& record, Counts& counts) {
  if (record.crypt == Crypt::kDecrypted && counts.undecrypted > 0) {
    --counts.undecrypted;
    ++counts.decrypted;
  }
  count_verdicts(record, counts);
}

}  // namespace gdoi::registration
