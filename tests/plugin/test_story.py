"""What the plugin tells of registrations, by each frame, and of versions and features."""

import re
import struct
import unittest

import harness

setUpModule = harness.require_plugin

STORY = "story/h-refused-and-registered.pcapng"
NAMES = ["frame.number", "gdoi.registration", "gdoi.state", "gdoi.response_time", "gdoi.diagnosis.cause",
         "gdoi.diagnosis.grade", "gdoi.uses"]


def read(name, names, *arguments, keys=True):
    given = harness.keys_of(name) if keys else []
    return harness.fields(harness.capture(name), names, *given, *arguments)


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rows = {int(row[0]): row for row in read(STORY, NAMES)}

    def test_messages_belong_to_their_registrations(self):
        second = [*range(10, 16), *range(17, 21)]
        of = {frame: row[1] for frame, row in self.rows.items()}
        self.assertEqual({"1"}, {of[frame] for frame in range(1, 23) if frame not in second})
        self.assertEqual({"2"}, {of[frame] for frame in second})
        self.assertEqual({"3"}, {of[frame] for frame in range(23, 35)})
        self.assertEqual({"4"}, {of[frame] for frame in range(35, 47)})

    def test_the_list_numbers_them_as_the_messages_do(self):
        # Three GMs begin at once, and their PULLs come in another order than their phase 1s.
        name = "reference-live/loss-10.pcap"
        of = dict(read(name, ["frame.number", "gdoi.registration"]))
        told = harness.tshark("-r", harness.capture(name), *harness.keys_of(name), "-q", "-z", "gdoi,list").out
        rows = re.findall(r"(?m)^ *(\d+)  \d\d:.*\n +PULL message 4 in frame (\d+)", told)
        self.assertEqual(len(rows), 18)
        self.assertGreater(int(rows[0][1]), int(rows[2][1]))
        for number, frame in rows:
            self.assertEqual(of[frame], number)

    def test_the_state_is_that_after_the_message(self):
        self.assertEqual([self.rows[frame][2] for frame in (1, 4, 6, 7, 8, 9, 18, 20)],
                         ["negotiating", "keys exchanged", "phase 1 complete", "PULL 1 of 4", "PULL 1 of 4", "refused (silence)", "PULL 2 of 4",
                          "registered"])

    def test_response_times_are_those_between_the_frames(self):
        stamps = dict(read(STORY, ["frame.number", "frame.time_epoch"]))
        for frame, asked in ((2, 1), (6, 5), (18, 17), (20, 19)):
            wanted = round((float(stamps[str(frame)]) - float(stamps[str(asked)])) * 1e6)
            self.assertAlmostEqual(wanted, int(self.rows[frame][3]), delta=2)
        self.assertEqual({""}, {self.rows[frame][3] for frame in (1, 7, 8, 16)})

    def test_the_grade_rises_when_the_evidence_comes(self):
        """Frame 18 shows another GM the lifetime."""
        self.assertEqual(self.rows[18][6], "long-sa-lifetime: KEK lifetime is 604,800 s")
        told = {frame: (row[4], row[5]) for frame, row in self.rows.items()}
        self.assertEqual({told[frame] for frame in (7, 8)}, {("", "")})
        self.assertEqual({told[frame] for frame in (9, 16)}, {("version-refusal", "possible")})
        self.assertEqual({told[frame] for frame in (21, 22, 31, 46)}, {("version-refusal", "likely")})

    def test_without_keys_the_grade_stays(self):
        rows = read(STORY, ["gdoi.diagnosis.grade"], "-Y", "gdoi.diagnosis.cause == \"version-refusal\"", keys=False)
        self.assertEqual([["possible"]] * 12, rows)

    def test_the_next_attempt_says_how_the_one_before_ended(self):
        out = harness.tshark("-r", harness.capture(STORY), *harness.keys_of(STORY), "-Y", "gdoi.expert.failed_before", "-V").out
        for attempt, one, grade, frame in ((1, 1, "likely", 7), (2, 3, "likely", 29)):
            self.assertIn(f"This GM's attempt {attempt} (registration {one}) failed. Version or feature refusal: {grade}. The KS stopped after "
                          f"PULL message 1 (frame {frame})", out)

    def test_the_sentence_names_version_and_lifetime_with_their_frames(self):
        (text,), = read(STORY, ["gdoi.diagnosis"], "-Y", "frame.number == 21")
        self.assertEqual(text, "The KS stopped after PULL message 1 (frame 7). The GM announced 1.0.1 (synthetic) (frame 1), which "
                         "cannot do long-sa-lifetime; this group's KEK lifetime is 604,800 s (the registration of GM 10.40.10.9, "
                         "frame 18). Version or feature refusal: likely. Else: GM not authorised (identity) (possible).")

    def test_a_diagnosis_too_long_for_a_line_stands_below_it_whole(self):
        out = harness.tshark("-r", harness.capture(STORY), *harness.keys_of(STORY), "-Y", "frame.number == 21", "-V").lines
        at = next(i for i, line in enumerate(out) if line.lstrip().startswith("[Diagnosis [truncated]: "))
        self.assertEqual([line.strip() for line in out[at + 1:at + 5]], [
            "[The KS stopped after PULL message 1 (frame 7).]",
            "[The GM announced 1.0.1 (synthetic) (frame 1), which cannot do long-sa-lifetime; this group's KEK lifetime is 604,800 s "
            "(the registration of GM 10.40.10.9, frame 18).]",
            "[Version or feature refusal: likely.]",
            "[Else: GM not authorised (identity) (possible).]"])

    def test_one_pass_and_two_tell_the_same(self):
        """All but the answer: `gdoi.answered_in` alone is told later than its frame."""
        names = NAMES + ["gdoi.diagnosis", "gdoi.answers", "gdoi.retransmission_of"]
        for name in (STORY, "causes/throttled.pcapng", "causes/gm-gave-up.pcapng", "reference-live/gm-restart.pcap"):
            self.assertEqual(read(name, names), read(name, names, "-2"), name)

    def test_a_second_pass_links_messages_with_their_answers(self):
        names = ["frame.number", "gdoi.answers", "gdoi.answered_in"]
        answers = {row[1]: row[0] for row in read(STORY, names[:2], "-Y", "gdoi.answers")}
        # Each of four main modes has five, the PULL that succeeds three.
        self.assertEqual(len(answers), 4 * 5 + 3)
        self.assertEqual({row[0]: row[2] for row in read(STORY, names, "-2", "-Y", "gdoi.answered_in")}, answers)
        self.assertEqual(answers["17"], "18")
        self.assertEqual([], read(STORY, names, "-Y", "gdoi.answered_in"))

    def test_a_repeated_message_is_linked_with_an_answer_that_came_after_it(self):
        """PULL message 1 comes twice before its answer and once after it."""
        name = "reference-gm-registration.pcap"
        octets, frames, at = harness.capture(name).read_bytes(), [], 24
        while at < len(octets):
            size = 16 + struct.unpack_from("<I", octets, at + 8)[0]
            frames.append(octets[at:at + size])
            at += size
        order = [*frames[:7], frames[6], frames[7], frames[6], *frames[8:]]
        path = harness.keep("repeated.pcap", octets[:24] + b"".join(order))
        rows = harness.fields(path, ["frame.number", "gdoi.retransmission_of", "gdoi.answered_in"], "-2",
                              "-Y", "frame.number in {7..10}", *harness.keys_of(name))
        self.assertEqual(rows, [["7", "", "9"], ["8", "7", "9"], ["9", "", "11"], ["10", "7", ""]])

    def test_features_of_the_announced_version(self):
        rows = read(STORY, ["frame.number", "gdoi.gm_version", "gdoi.feature.long_sa_lifetime", "gdoi.feature.gm_removal",
                            "gdoi.feature.ip_d3p"], "-Y", "gdoi.gm_version")
        self.assertEqual(rows, [["1", "1.0.1", "unsupported", "unsupported", "unknown"],
                                ["10", "1.0.17", "supported", "supported", "unknown"],
                                ["23", "1.0.1", "unsupported", "unsupported", "unknown"],
                                ["35", "1.0.1", "unsupported", "unsupported", "unknown"]])

    def test_every_feature_has_a_field(self):
        fields = harness.tshark("-G", "fields").out
        for name in ("ckm", "crl_check", "cts_sgt", "dp_recovery", "gdoi_interop_ack", "gdoi_mib", "gikev2", "gm_removal", "ip_d3p",
                     "ipv6_crypto_path", "long_sa_lifetime", "pfs", "policy_replace", "suite_b"):
            self.assertIn(f"\tgdoi.feature.{name}\t", fields)

    def test_a_candidate_is_remarked_on_raw_and_unmasked(self):
        """Message 1 with a vendor ID that ends like a version, which no rule knows."""
        octets = bytearray(harness.capture("reference-gm-registration.pcap").read_bytes())
        seconds, micros, captured, _ = struct.unpack_from("<4I", octets, 24)
        frame = bytearray(octets[40:40 + captured])
        udp = 14 + 4 * (frame[14] & 15)
        vendor_id = bytes.fromhex("00112233445566778899aabb01000004")
        message = bytearray(frame[udp + 8:])
        message[28] = 13
        message += bytes([0, 0, 0, 20]) + vendor_id
        struct.pack_into("!I", message, 24, len(message))
        struct.pack_into("!H", frame, 16, 20 + 8 + len(message))
        struct.pack_into("!HH", frame, udp + 4, 8 + len(message), 0)
        frame = frame[:udp + 8] + message
        out = bytes(octets[:24]) + struct.pack("<4I", seconds, micros, len(frame), len(frame)) + bytes(frame)
        path = harness.keep("candidate.pcap", out)
        text = harness.tshark("-r", path, "-V").out
        cookie = message[:8]
        unmasked = bytes(a ^ b for a, b in zip(vendor_id, cookie)) + vendor_id[8:]
        self.assertIn(f"which no rule confirms: {vendor_id.hex()}, unmasked {unmasked.hex()}", text)
        self.assertEqual([[unmasked.hex()]], harness.fields(path, ["gdoi.vid.unmasked"]))


if __name__ == "__main__":
    unittest.main()
