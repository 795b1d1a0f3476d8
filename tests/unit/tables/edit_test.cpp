#include "protocol/wire/edit.h"

#include "protocol/wire/address.h"
#include "protocol/wire/compose.h"
#include "protocol/wire/encode.h"
#include "samples.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace gdoi {
namespace {

using samples::hex;
using wire::Document;
using wire::Editor;
using wire::NodeRef;

// Main mode message 1 of sample A: SA { proposal 1 { transform 0 with 6 attributes } }.
const std::string kHeader = "a91b9d5035d8fc4f00000000000000000110020000000000000000";

Document document_of(const samples::Sample& sample) {
  wire::Tree tree;
  samples::decode(sample, tree);
  return {tables::schema(), tree};
}

Document main_mode_1() {
  return document_of(samples::vector("A_loopback_pull_no_kek", 1));
}

NodeRef at(const Document& document, std::string_view address) {
  const auto found = wire::resolve(document, address);
  EXPECT_TRUE(found.ok()) << (found ? "" : found.error().text);
  return found ? *found : document.root();
}

// Codes of the findings in what a document encodes to; its own plaintext included.
std::vector<std::string_view> findings(const Document& document) {
  const auto datagram = encode(document);
  wire::Tree tree;
  wire::decode(tables::schema(), datagram, {}, tree);
  if (document.plaintext() != wire::kNoRef) {
    wire::decode_plaintext(tables::schema(), Secret(encode(document, document.plaintext())), 16,
                           tree);
  }
  EXPECT_TRUE(covers(tree));
  std::vector<std::string_view> names;
  for (const auto& found : tree.diagnostics()) {
    names.push_back(info_of(found.code).name);
  }
  return names;
}

// Every length, count and next-payload field is right already: making them right changes nothing.
void expect_consistent(Document& document) {
  const auto datagram  = encode(document);
  const auto plaintext = encode(document, document.plaintext());
  Editor(document).refresh_all();
  EXPECT_EQ(to_hex(encode(document)), to_hex(datagram));
  EXPECT_EQ(to_hex(encode(document, document.plaintext())), to_hex(plaintext));
}

TEST(Edit, RefreshChangesNothingInSoundMessages) {
  for (const auto& sample : samples::all()) {
    wire::Tree tree;
    samples::decode(sample, tree);
    if (std::none_of(tree.diagnostics().begin(), tree.diagnostics().end(), [](const auto& found) {
          return info_of(found.code).severity == wire::Severity::kError;
        })) {
      Document document(tables::schema(), tree);
      Editor(document).refresh_all();
      EXPECT_EQ(to_hex(encode(document)), to_hex(sample.datagram)) << sample.origin;
      EXPECT_EQ(to_hex(encode(document, document.plaintext())), to_hex(sample.plaintext))
          << sample.origin;
    }
  }
}

// A TV life duration of 3600 s becomes a TLV of 4 octets: 4 octets more in transform (0x24),
// proposal (0x2c), SA (0x38) and message (0x54).
TEST(Edit, ValueThatOutgrowsItsTvBecomesTlv) {
  auto document = main_mode_1();
  ASSERT_TRUE(Editor(document).set_number(at(document, "life_duration"), 86'400));
  EXPECT_EQ(to_hex(encode(document)), kHeader +
                                          "54000000380000000200000000"
                                          "0000002c01010001"
                                          "0000002400010000"
                                          "80010005800200028003000180040002800b0001"
                                          "000c000400015180");
  EXPECT_TRUE(findings(document).empty());
}

TEST(Edit, ValueThatFitsKeepsItsForm) {
  auto document = main_mode_1();
  ASSERT_TRUE(Editor(document).set_number(at(document, "transform/life_duration"), 60));
  EXPECT_THAT(to_hex(encode(document)), testing::EndsWith("800b0001800c003c"));
  EXPECT_EQ(encode(document).size(), 0x50U);
}

TEST(Edit, TransformAddedByCopy) {
  auto document = main_mode_1();
  Editor editor(document);
  const auto copy = editor.clone(at(document, "transform"));
  ASSERT_TRUE(copy);
  ASSERT_TRUE(editor.set_number(at(document, "transform[2]/trans.number"), 1));
  ASSERT_TRUE(editor.set_number(at(document, "transform[2]/hash_algorithm"), 4));
  EXPECT_EQ(to_hex(encode(document)), kHeader +
                                          "70000000540000000200000000"
                                          "0000004801010002"
                                          "0300002000010000"
                                          "80010005800200028003000180040002800b0001800c0e10"
                                          "0000002001010000"
                                          "80010005800200048003000180040002800b0001800c0e10");
  EXPECT_TRUE(findings(document).empty());
  ASSERT_TRUE(editor.erase(at(document, "transform[1]")));
  EXPECT_EQ(to_hex(encode(document)), kHeader +
                                          "50000000340000000200000000"
                                          "0000002801010001"
                                          "0000002001010000"
                                          "80010005800200048003000180040002800b0001800c0e10");
}

TEST(Edit, ProposalAddedAndMoved) {
  auto document = main_mode_1();
  Editor editor(document);
  const auto copy = editor.clone(at(document, "proposal"));
  ASSERT_TRUE(copy);
  ASSERT_TRUE(editor.set_number(at(document, "proposal[2]/prop.number"), 2));
  EXPECT_EQ(to_hex(encode(document)).substr(80, 16), "0200002801010001");
  ASSERT_TRUE(editor.move(*copy, 0));
  EXPECT_EQ(to_hex(encode(document)).substr(80, 16), "0200002802010001");
  EXPECT_EQ(to_hex(encode(document)).substr(160, 16), "0000002801010001");
  EXPECT_TRUE(findings(document).empty());
  expect_consistent(document);
}

TEST(Edit, SpiSizeFollowsTheSpi) {
  auto document = main_mode_1();
  Editor editor(document);
  ASSERT_TRUE(editor.set_octets(at(document, "proposal/spi"), hex("0011223344556677")));
  EXPECT_EQ(to_hex(encode(document)).substr(54, 58),
            "58"
            "0000003c0000000200000000"
            "00000030"
            "01010801"
            "0011223344556677");
  EXPECT_TRUE(findings(document).empty());
  ASSERT_TRUE(editor.erase(at(document, "proposal/spi")));
  EXPECT_EQ(encode(document), samples::vector("A_loopback_pull_no_kek", 1).datagram);
}

TEST(Edit, AttributeAddedAndDropped) {
  auto document = main_mode_1();
  Editor editor(document);
  const auto original = encode(document);
  const auto parent   = at(document, "transform");
  const auto set      = document.link(parent).list.arg;
  ASSERT_TRUE(editor.insert(parent, 99, 0, attribute_octets(tables::schema(), set, 14, 256U)));
  EXPECT_THAT(to_hex(encode(document)), testing::EndsWith("800c0e10800e0100"));
  EXPECT_TRUE(findings(document).empty());
  expect_consistent(document);
  ASSERT_TRUE(editor.erase(at(document, "key_length")));
  EXPECT_EQ(encode(document), original);
}

// PULL message 1 of sample A: HASH, Nonce, ID of 4 octets, in the plaintext.
TEST(Edit, GroupIdGrows) {
  auto document = document_of(samples::vector("A_loopback_pull_no_kek", 7));
  ASSERT_TRUE(Editor(document).set_octets(at(document, "id.data"), hex("0102030405060708")));
  EXPECT_EQ(to_hex(encode(document, document.plaintext())),
            "0a000018cbcd9b402b21b9a9837189139d6bb0f73b3272e3"
            "0500001469d181efe0b9580e4106b883719b382a"
            "000000100b0000000102030405060708");
  EXPECT_EQ(encode(document), samples::vector("A_loopback_pull_no_kek", 7).datagram);
}

TEST(Edit, HeaderLengthCountsTheCiphertext) {
  auto document = document_of(samples::vector("A_loopback_pull_no_kek", 7));
  ASSERT_TRUE(Editor(document).set_octets(at(document, "enc.data"), Bytes(64)));
  EXPECT_EQ(to_hex(encode(document)).substr(32, 24), "08102001483c11c00000005c");
}

TEST(Edit, HeaderNamesTheFirstPayloadOfThePlaintext) {
  auto document = document_of(samples::vector("A_loopback_pull_no_kek", 7));
  Editor editor(document);
  ASSERT_TRUE(editor.move(at(document, "payload.nonce"), 0));
  EXPECT_EQ(encode(document)[16], 10);
  EXPECT_EQ(to_hex(encode(document, document.plaintext())),
            "0800001469d181efe0b9580e4106b883719b382a"
            "05000018cbcd9b402b21b9a9837189139d6bb0f73b3272e3"
            "0000000c0b000000000004d2");
  ASSERT_TRUE(editor.insert(document.plaintext(), 0, 13, hex("00000008aabbccdd")));
  EXPECT_EQ(encode(document)[16], 13);
  EXPECT_THAT(to_hex(encode(document, document.plaintext())),
              testing::StartsWith("0a000008aabbccdd08000014"));
  EXPECT_TRUE(findings(document).empty());
}

// Wherever something can be dropped, what is left is sound.
TEST(Edit, EveryMemberOfEverySoundMessageCanBeDropped) {
  std::size_t dropped = 0;
  for (const auto& sample : samples::vectors()) {
    const auto sound = document_of(sample);
    if (!findings(sound).empty()) {
      continue;
    }
    for (const auto top : {sound.root(), sound.plaintext()}) {
      for (const auto node : sound.walk(top)) {
        if (!sound.link(node).member) {
          continue;
        }
        auto document = sound.clone();
        const auto at = path_of(document, node);
        ASSERT_TRUE(Editor(document).erase(node)) << sample.origin << " " << at;
        ++dropped;
        EXPECT_THAT(findings(document), testing::IsEmpty()) << sample.origin << " " << at;
        expect_consistent(document);
      }
    }
  }
  EXPECT_GT(dropped, 150U);
}

TEST(Edit, EveryMemberCanBeDoubledAndMoved) {
  for (const auto& sample : samples::vectors()) {
    const auto sound = document_of(sample);
    if (!findings(sound).empty()) {
      continue;
    }
    for (const auto top : {sound.root(), sound.plaintext()}) {
      for (const auto node : sound.walk(top)) {
        if (!sound.link(node).member) {
          continue;
        }
        auto document = sound.clone();
        Editor editor(document);
        const auto copy = editor.clone(node);
        ASSERT_TRUE(copy) << sample.origin << copy.error().text;
        EXPECT_THAT(findings(document), testing::IsEmpty()) << path_of(sound, node);
        expect_consistent(document);
        ASSERT_TRUE(editor.move(*copy, 0));
        EXPECT_THAT(findings(document), testing::IsEmpty()) << path_of(sound, node);
        expect_consistent(document);
        ASSERT_TRUE(editor.erase(*copy));
        EXPECT_EQ(to_hex(encode(document)), to_hex(encode(sound))) << path_of(sound, node);
        EXPECT_EQ(to_hex(encode(document, document.plaintext())),
                  to_hex(encode(sound, sound.plaintext())));
      }
    }
  }
}

TEST(Edit, LieElsewhereStays) {
  auto sample             = samples::vector("A_loopback_pull_no_kek", 3);
  sample.datagram[28 + 3] = 0x80;  // KE payload length, 4 too few
  auto document           = document_of(sample);
  const auto before       = encode(document);
  EXPECT_EQ(before, sample.datagram);
  ASSERT_TRUE(Editor(document).set_octets(at(document, "rspi"), hex("0011223344556677")));
  auto expected  = before;
  const auto spi = hex("0011223344556677");
  std::copy(spi.begin(), spi.end(), expected.begin() + 8);
  EXPECT_EQ(encode(document), expected);
}

TEST(Edit, RefusalsSayWhyAndChangeNothing) {
  auto document     = main_mode_1();
  const auto before = encode(document);
  Editor editor(document);
  EXPECT_THAT(editor.set_octets(at(document, "ispi"), hex("00")).error().text,
              testing::HasSubstr("8 octets"));
  EXPECT_THAT(editor.set_number(at(document, "prop.number"), 256).error().text,
              testing::HasSubstr("does not fit"));
  EXPECT_THAT(editor.set_octets(at(document, "proposal/spi"), Bytes(256)).error().text,
              testing::HasSubstr("SPI Size"));
  EXPECT_FALSE(editor.erase(document.root()));
  EXPECT_EQ(encode(document), before);
}

TEST(Address, AmbiguousNamesListTheAddresses) {
  auto document = main_mode_1();
  ASSERT_TRUE(Editor(document).clone(at(document, "transform")));
  EXPECT_THAT(wire::resolve(document, "life_duration").error().text,
              testing::AllOf(testing::HasSubstr("ambiguous"),
                             testing::HasSubstr("sa/prop/trans[2]/ike.attr.life_duration")));
  EXPECT_THAT(wire::resolve(document, "transform[3]/life_duration").error().text,
              testing::HasSubstr("occurs only 2 times"));
  EXPECT_THAT(wire::resolve(document, "no_such_row").error().text, testing::HasSubstr("ispi"));
  EXPECT_FALSE(wire::resolve(document, "transform[0]"));
  EXPECT_FALSE(wire::resolve(document, ""));
}

TEST(Address, EveryPathLeadsBack) {
  for (const auto& sample : samples::vectors()) {
    const auto document = document_of(sample);
    for (const auto top : {document.root(), document.plaintext()}) {
      for (const auto node : document.walk(top)) {
        const auto path  = path_of(document, node);
        const auto found = wire::resolve(document, path);
        ASSERT_TRUE(found) << path << ": " << found.error().text;
        EXPECT_EQ(*found, node) << path;
      }
    }
  }
}

using tables::row;

// The same message as sample A's first, from values.
TEST(Compose, MainModeMessageFromValues) {
  const wire::Part transform{
      0,
      {{row("trans.id"), 1U}},
      {wire::attribute(1, 5U), wire::attribute(2, 2U), wire::attribute(3, 1U),
        wire::attribute(4, 2U), wire::attribute(11, 1U), wire::attribute(12, 3600U)},
      {}
  };
  const wire::Part proposal{
      0, {{row("prop.number"), 1U}, {row("prop.protoid"), 1U}},
       {transform},
       {}
  };
  const wire::Part sa{
      1, {{row("sa.doi"), 2U}, {row("sa.situation"), 0U}},
       {proposal},
       {}
  };
  const wire::Part message{
      0,
      {{row("ispi"), hex("a91b9d5035d8fc4f")}, {row("version"), 0x10U}, {row("exchangetype"), 2U}},
      {sa},
      {}
  };
  const auto document = wire::compose(tables::schema(), message);
  ASSERT_TRUE(document) << document.error().text;
  EXPECT_EQ(to_hex(encode(*document)),
            to_hex(samples::vector("A_loopback_pull_no_kek", 1).datagram));
}

TEST(Compose, EncryptedMessageHasAPlaintext) {
  const wire::Part message{
      0,
      {{row("ispi"), hex("a91b9d5035d8fc4f")},
        {row("rspi"), hex("272325e695db688b")},
        {row("version"), 0x10U},
        {row("exchangetype"), 32U},
        {row("flags"), 1U},
        {row("messageid"), 0x483c11c0U}},
      {{8, {{row("hash"), hex("cbcd9b402b21b9a9837189139d6bb0f73b3272e3")}}, {}, {}},
        {10, {}, {}, hex("69d181efe0b9580e4106b883719b382a")},
        {5, {{row("id.type"), 11U}, {row("id.data.key_id"), hex("000004d2")}}, {}, {}}},
      {}
  };
  auto document = wire::compose(tables::schema(), message);
  ASSERT_TRUE(document) << document.error().text;
  const auto sample = samples::vector("A_loopback_pull_no_kek", 7);
  EXPECT_EQ(to_hex(encode(*document, document->plaintext())), to_hex(sample.plaintext));
  ASSERT_TRUE(Editor(*document).set_octets(at(*document, "enc.data"),
                                           ByteView(sample.datagram).subspan(28)));
  EXPECT_EQ(to_hex(encode(*document)), to_hex(sample.datagram));
}

TEST(Compose, RowWithoutAPlaceIsAnError) {
  const auto document =
      wire::compose(tables::schema(), {
                                          0, {{row("version"), 0x10U}, {row("seq"), 1U}},
                                           {},
                                           {}
  });
  ASSERT_FALSE(document);
  EXPECT_THAT(document.error().text, testing::HasSubstr("Sequence number"));
}

}  // namespace
}  // namespace gdoi
