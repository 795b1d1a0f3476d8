#include "protocol/base/hex.h"
#include "protocol/wire/address.h"
#include "protocol/wire/compose.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/encode.h"
#include "protocol/wire/print.h"
#include "unit/wire/small_schema.h"

#include <gmock/gmock.h>

namespace gdoi {
namespace {

using wire::Document;
using wire::Editor;

Bytes hex(const std::string& digits) {
  return from_hex(digits).value();
}

wire::Tree decoded(const Bytes& octets) {
  wire::Tree tree;
  wire::decode(small::schema(), octets, {}, tree);
  return tree;
}

Document sound() {
  // list (24 octets), SPIs (13), text (5): 3 + 42
  static const Bytes octets =
      hex("01002d"
          "03001802"
          "0702000a"
          "abcd"
          "80010e10"
          "0800000a"
          "00010002"
          "0e10"
          "02000d0402"
          "11111111"
          "22222222"
          "000005"
          "6869");
  return {small::schema(), decoded(octets)};
}

wire::NodeRef at(const Document& document, std::string_view address) {
  const auto found = wire::resolve(document, address);
  EXPECT_TRUE(found) << (found ? "" : found.error().text);
  return found ? *found : document.root();
}

std::string text_of(const Document& document) {
  return to_hex(encode(document));
}

TEST(Document, HoldsValuesWithoutTheTree) {
  const auto document = sound();
  EXPECT_EQ(text_of(document),
            "01002d030018020702000aabcd80010e100800000a000100020e10"
            "02000d04021111111122222222"
            "0000056869");
  EXPECT_EQ(document.value(at(document, "element[2]/lifetime")).number, 3600U);
}

TEST(Editor, TextShrinksAndGrows) {
  auto document = sound();
  Editor editor(document);
  ASSERT_TRUE(editor.set_octets(at(document, "text"), bytes_of("hello")));
  EXPECT_THAT(text_of(document), testing::StartsWith("010030"));
  EXPECT_THAT(text_of(document), testing::EndsWith("00000868656c6c6f"));
  ASSERT_TRUE(editor.erase(at(document, "text")));
  EXPECT_THAT(text_of(document), testing::StartsWith("01002b"));
  EXPECT_THAT(text_of(document), testing::EndsWith("000003"));
  ASSERT_TRUE(editor.set_octets(at(document, "text"), bytes_of("hi")));
  EXPECT_EQ(text_of(document), text_of(sound()));
}

TEST(Editor, NameSizeAndAllLengthsFollow) {
  auto document = sound();
  ASSERT_TRUE(Editor(document).set_octets(at(document, "element[1]/name"), hex("abcdef")));
  EXPECT_THAT(text_of(document), testing::StartsWith("01002e"
                                                     "03001902"
                                                     "0703000b"
                                                     "abcdef"
                                                     "80010e10"));
}

TEST(Editor, EmptyNameCanBeFilled) {
  auto document = sound();
  ASSERT_TRUE(Editor(document).set_octets(at(document, "element[2]/name"), hex("99")));
  EXPECT_THAT(text_of(document), testing::HasSubstr("0801000b"
                                                    "99"
                                                    "000100020e10"));
}

TEST(Editor, TlvGrowsInItsOwnLength) {
  auto document = sound();
  ASSERT_TRUE(Editor(document).set_number(at(document, "element[2]/lifetime"), 604'800));
  EXPECT_THAT(text_of(document), testing::HasSubstr("0800000c"
                                                    "00010004"
                                                    "00093a80"));
  EXPECT_THAT(text_of(document), testing::StartsWith("01002f"
                                                     "03001a"));
}

TEST(Editor, SpisAreCountedAndHaveOneSize) {
  auto document = sound();
  Editor editor(document);
  const auto parent = at(document, "payload.spis");
  ASSERT_TRUE(editor.insert(parent, 1, 0, hex("33333333")));
  EXPECT_THAT(text_of(document), testing::HasSubstr("020011"
                                                    "0403"
                                                    "111111113333333322222222"));
  EXPECT_FALSE(editor.insert(parent, 0, 0, hex("33")));
  EXPECT_FALSE(editor.set_octets(at(document, "spi[1]"), hex("33")));
  ASSERT_TRUE(editor.erase(at(document, "spi[1]")));
  ASSERT_TRUE(editor.erase(at(document, "spi[1]")));
  ASSERT_TRUE(editor.set_octets(at(document, "spi"), hex("44")));
  EXPECT_THAT(text_of(document), testing::HasSubstr("020006"
                                                    "0101"
                                                    "44"));
  ASSERT_TRUE(editor.erase(at(document, "spi")));
  ASSERT_TRUE(editor.insert(parent, 0, 0, hex("aabb")));
  EXPECT_THAT(text_of(document), testing::HasSubstr("020007"
                                                    "0201"
                                                    "aabb"));
}

TEST(Editor, ChainFollowsDropInsertAndMove) {
  auto document = sound();
  Editor editor(document);
  ASSERT_TRUE(editor.erase(at(document, "payload.list")));
  EXPECT_EQ(text_of(document),
            "030015"
            "02000d0402"
            "1111111122222222"
            "0000056869");
  ASSERT_TRUE(editor.move(at(document, "payload.text"), 0));
  EXPECT_EQ(text_of(document),
            "020015"
            "0300056869"
            "00000d0402"
            "1111111122222222");
  ASSERT_TRUE(editor.insert(document.root(), 9, 77,
                            hex("000004"
                                "ee")));
  EXPECT_EQ(text_of(document),
            "020019"
            "0300056869"
            "4d000d0402"
            "1111111122222222"
            "000004ee");
}

TEST(Editor, LiesStayLies) {
  // The list's length is 1 too large, the last next-payload is not 0, three octets lie outside.
  const auto octets =
      hex("010009"
          "02000506"
          "0500036869"
          "aabbcc");
  auto document = Document(small::schema(), decoded(octets));
  EXPECT_EQ(encode(document), octets);
  ASSERT_TRUE(Editor(document).set_number(at(document, "first"), 9));
  EXPECT_EQ(text_of(document).substr(2), to_hex(octets).substr(2));
}

TEST(Editor, RefreshMakesEverythingTrue) {
  auto document = sound();
  Editor editor(document);
  for (const auto row : {small::kLength, small::kGenericLength, small::kListCount, small::kFirst,
                         small::kElementSize, small::kElementLength, small::kSpiSize,
                         small::kSpiCount, small::kGenericNext, small::kValueLength}) {
    for (const auto node : document.walk(document.root())) {
      if (document.value(node).row == row) {
        ASSERT_TRUE(editor.set_number(node, 99));
      }
    }
  }
  EXPECT_NE(text_of(document), text_of(sound()));
  editor.refresh_all();
  EXPECT_EQ(text_of(document), text_of(sound()));
}

TEST(Compose, FillsDerivedFields) {
  const wire::Part message{
      0,
      {},
      {{1,
        {},
        {{0,
          {{small::kElementType, 7U}, {small::kElementName, hex("abcd")}},
          {wire::attribute(1, 3600U)},
          {}},
         {0, {{small::kElementType, 8U}}, {}, {}}},
        {}},
        {3,
        {},
        {{0, {{small::kSpi, hex("11111111")}}, {}, {}},
         {0, {{small::kSpi, hex("22222222")}}, {}, {}}},
        {}},
        {2, {{small::kTextValue, hex("6869")}}, {}, {}}},
      {}
  };
  const auto document = wire::compose(small::schema(), message);
  ASSERT_TRUE(document) << document.error().text;
  EXPECT_EQ(text_of(*document),
            "010027"
            "03001202"
            "0702000a"
            "abcd"
            "80010e10"
            "08000004"
            "02000d0402"
            "1111111122222222"
            "0000056869");
}

TEST(Print, ValuesAsAPersonReadsThem) {
  const auto& rows = small::schema().rows;
  EXPECT_EQ(wire::field_text(rows[small::kFirst], hex("02")), "Next payload: text (2)");
  EXPECT_EQ(wire::field_text(rows[small::kFirst], hex("63")), "Next payload: Unknown (99)");
  EXPECT_EQ(wire::field_text(rows[small::kSeconds], hex("00015180")), "Lifetime: 86400 s (1 day)");
  EXPECT_EQ(wire::field_text(rows[small::kSeconds], hex("0e11")), "Lifetime: 3601 s (1 h 1 s)");
  EXPECT_EQ(wire::field_text(rows[small::kSeconds], hex("0005")), "Lifetime: 5 s");
  EXPECT_EQ(wire::field_text(rows[small::kTime], hex("00000000")), "Created: none");
  EXPECT_EQ(wire::field_text(rows[small::kIpv4], hex("ef010203")), "IPv4: 239.1.2.3");
  EXPECT_EQ(wire::field_text(rows[small::kIpv6], hex("20010db8000000000000000000000001")),
            "IPv6: 2001:db8::1");
  EXPECT_EQ(wire::field_text(rows[small::kTextValue], hex("686900")), "Words: hi\\x00");
  EXPECT_EQ(wire::hex_text(Bytes(40, 0xab), 4), "abababab... (40 octets)");
  EXPECT_EQ(wire::duration_text(7 * 86'400 + 60), "7 days 1 min");
}

// date -u -d @N +%FT%TZ
TEST(Print, TimesAreUtc) {
  EXPECT_EQ(wire::time_text(1), "1970-01-01T00:00:01Z");
  EXPECT_EQ(wire::time_text(951'782'400), "2000-02-29T00:00:00Z");
  EXPECT_EQ(wire::time_text(1'709'251'199), "2024-02-29T23:59:59Z");
  EXPECT_EQ(wire::time_text(1'735'689'599), "2024-12-31T23:59:59Z");
  EXPECT_EQ(wire::time_text(4'294'967'295), "2106-02-07T06:28:15Z");
}

TEST(Print, TreeWithBitsAndFindings) {
  const auto octets =
      hex("04001e"
          "00001a"
          "0a000001"
          "20010db8000000000000000000000001"
          "a1"
          "ffff"
          "00");
  EXPECT_EQ(wire::print_tree(small::schema(), decoded(octets)),
            "Message\n"
            "  Next payload: addresses (4)\n"
            "  Length: 30\n"
            "  Addresses\n"
            "    Next payload: none (0)\n"
            "    Payload length: 26\n"
            "    IPv4: 10.0.0.1\n"
            "    IPv6: 2001:db8::1\n"
            "    Flags: 0xa1\n"
            "      Low: 1\n"
            "      High: 10\n"
            "    Trailing: ffff\n"
            "      ! Octets follow the last field of this structure\n"
            "  Padding: 00\n"
            "    ! The message ends with alignment octets\n");
}

TEST(Coverage, HoldsForAnyCut) {
  const auto whole = encode(sound());
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const auto tree = decoded(cut);
    EXPECT_TRUE(covers(tree)) << size;
    EXPECT_EQ(encode(Document(small::schema(), tree)), cut);
  }
}

}  // namespace
}  // namespace gdoi
