#pragma once

#include "protocol/base/result.h"
#include "protocol/wire/document.h"

#include <string>

namespace gdoi::wire {

/// Finds a node by its address: names separated by '/', each inside the one before it, each with
/// an occurrence where there are several: `transform[2]/life_duration`, `id.data`. A name is a
/// filter name, its last part, its beginning up to a dot (`id.data` for `id.data.key_id`), or, for
/// a structure, the name of its layout in lower case. An unknown or ambiguous address is an error
/// that lists the addresses there are.
[[nodiscard]] Result<NodeRef> resolve(const Document& document, std::string_view address);

/// The address of a node in full: the payloads and structures that it stands in and its filter
/// name, with an occurrence wherever there are several. `resolve` leads back to it.
[[nodiscard]] std::string path_of(const Document& document, NodeRef node);

}  // namespace gdoi::wire
