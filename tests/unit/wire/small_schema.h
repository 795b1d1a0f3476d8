#pragma once

#include "protocol/wire/schema.h"

/// A protocol of the smallest size that has everything: header, chain, attributes, elements, items.
namespace gdoi::small {

enum Row : wire::RowId {
  kMessage,
  kFirst,
  kLength,
  kBody,
  kGenericNext,
  kGenericLength,
  kList,
  kListHead,
  kListCount,
  kListElements,
  kElement,
  kElementType,
  kElementSize,
  kElementLength,
  kElementName,
  kElementAttributes,
  kText,
  kTextHead,
  kTextValue,
  kAttribute,
  kWord,
  kFormat,
  kValueLength,
  kValue,
  kSeconds,
  kTime,
  kSpis,
  kSpisHead,
  kSpiSize,
  kSpiCount,
  kSpisItems,
  kSpi,
  kUnknown,
  kUnknownHead,
  kUnknownValue,
  kAddressPayload,
  kAddressHead,
  kIpv4,
  kIpv6,
  kFlags,
  kFlagLow,
  kFlagHigh,
  kTrailing,
  kTruncated,
  kPadding,
  kRows
};

enum LayoutName : wire::LayoutId {
  kMessageLayout,
  kGenericLayout,
  kListLayout,
  kElementLayout,
  kTextLayout,
  kAttributeSet,
  kSpisLayout,
  kUnknownLayout,
  kAddressLayout
};

[[nodiscard]] const wire::Schema& schema();

}  // namespace gdoi::small
