#pragma once

#include "protocol/base/result.h"
#include "protocol/wire/document.h"

namespace gdoi::wire {

/// Octets of one attribute (RFC 2408 section 3.3): TV where its class allows it and the value has 2
/// octets or fits them, else TLV. A number in a TLV has 4 octets, or 8 where 4 are too few.
[[nodiscard]] Bytes attribute_octets(const Schema& schema, LayoutId set, std::uint32_t type,
                                     std::uint64_t number);
[[nodiscard]] Bytes attribute_octets(const Schema& schema, LayoutId set, std::uint32_t type,
                                     ByteView value);

/// Changes a document so that the fields that depend on the change follow: each length, size and
/// count that covers it moves by as much as the change, and next-payload fields name what now
/// follows. Nothing else changes: a field that was wrong stays wrong by as much, so a malformed
/// capture stays malformed in the same way; `refresh_all` makes all of them right. An edit that
/// fails leaves the document as it was. Values that steer the layout (an ID type, a KD type) do not
/// re-interpret what follows them: encode and decode again for that.
class Editor {
 public:
  explicit Editor(Document& document) : document_(document), schema_(document.schema()) {}

  /// Sets a number. An attribute's value grows from TV to TLV, or in its TLV, where it must; any
  /// other number has to fit its width. A derived field is set as it is told, even to a lie.
  Status set_number(NodeRef leaf, std::uint64_t number);

  /// Sets the octets of a leaf; their number may change where the layout lets it.
  Status set_octets(NodeRef leaf, ByteView octets);

  /// Removes a payload, proposal, transform, attribute (also by its value), key packet or SPI, or
  /// empties a field of variable size.
  Status erase(NodeRef node);

  /// Decodes `octets` as a member of the list of `parent` (with its own header; the next-payload
  /// octet in it is overwritten) and puts it at `position` among the members. `type` is the payload
  /// type and matters only in a chain of payloads.
  Result<NodeRef> insert(NodeRef parent, std::size_t position, std::uint32_t type, ByteView octets);

  /// Puts a copy of a list member right behind it.
  Result<NodeRef> clone(NodeRef member);

  /// Moves a list member to another `position` of its list.
  Status move(NodeRef member, std::size_t position);

  /// Makes every length, size, count and next-payload field of the document true.
  void refresh_all();

  /// The structure at or above `node` that is a list member, or kNoRef.
  [[nodiscard]] NodeRef member_of(NodeRef node) const;

 private:
  struct Change {
    NodeRef field;
    std::uint64_t number;
  };

  /// Fields to set, all or none.
  struct Plan {
    std::vector<Change> changes{};
    Status status = success();
  };

  void grow(Plan& plan, NodeRef parent, std::size_t index, std::size_t old_size,
            std::int64_t by) const;
  void shift(Plan& plan, NodeRef field, std::int64_t by) const;
  void put(Plan& plan, NodeRef field, std::uint64_t number) const;
  Status apply(const Plan& plan);
  void resize_field(Plan& plan, NodeRef leaf, std::size_t size) const;
  Status resize(NodeRef leaf, std::size_t size, std::uint64_t number, ByteView octets);
  [[nodiscard]] bool is_attribute(NodeRef node) const;
  [[nodiscard]] Status may_resize(NodeRef leaf, std::size_t size) const;
  [[nodiscard]] NodeRef pointer_to(NodeRef parent, std::size_t position) const;
  Result<NodeRef> place(NodeRef parent, std::size_t position, NodeRef node);
  void link_in(NodeRef parent, std::size_t position, NodeRef member);
  void unlink(NodeRef parent, std::size_t position);
  void set(NodeRef field, std::uint64_t number);
  void refresh(NodeRef node);
  [[nodiscard]] std::string name(NodeRef node) const;

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): never kept
  Document& document_;
  const Schema& schema_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
};

}  // namespace gdoi::wire
