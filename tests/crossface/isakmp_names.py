"""How stock isakmp's fields and ours correspond, and where stock isakmp is wrong about GDOI."""

PAYLOADS = ("payload.sa", "prop", "trans", "payload.ke", "payload.id", "payload.cert",
            "payload.certreq", "payload.hash", "payload.sig", "payload.nonce", "payload.notify",
            "payload.delete", "payload.vid", "payload.kd", "payload.seq", "sak", "sat", "gap")
KEY_SETS = ("tek_key", "kek_key", "lkh", "sid")

# Stock name: our names, without "isakmp." and "gdoi."; one of ours stands at the same place. A name
# with "." at its end means it and all below it. Names that are not here are the same in both.
NAMES = {
    "typepayload": PAYLOADS,
    "reserved": ("reserved", "reserved2", "sak.reserved2"),
    "extradata": ("padding",),
    "id.data": ("id.data.",),
    "ike.attr.type": ("ike.attr.word",),
    "ike.attr.value": ("ike.attr.",),
    "sak.nextpayload": ("nextpayload",),
    "sak.reserved": ("reserved",),
    "sak.payload_len": ("payloadlength",),
    "sak.protoid": ("sak.protocol",),
    "sak.src_id_type": ("sak.src.id_type",),
    "sak.src_id_port": ("sak.src.port",),
    "sak.src_id_length": ("sak.src.length",),
    "sak.src_id_data": ("id.data.",),
    "sak.dst_id_type": ("sak.dst.id_type",),
    "sak.dst_id_port": ("sak.dst.port",),
    "sak.dst_id_length": ("sak.dst.length",),
    "sak.dst_id_data": ("id.data.",),
    "sat.nextpayload": ("nextpayload",),
    "sat.reserved": ("reserved",),
    "sat.payload_len": ("payloadlength",),
    "sat.src_id_type": ("sat.src.id_type",),
    "sat.src_id_port": ("sat.src.port",),
    "seq.seq": ("seq",),
    "kd.num_pkt": ("kd.packets",),
    "kd.payload": ("kd.packet",),
    "kd.payload.type": ("kd.type",),
    "kd.payload.length": ("kd.length",),
    "kd.payload.spi_size": ("spisize",),
    "kd.payload.spi": ("spi",),
    "key_download.attr": tuple(f"{name}.attr" for name in KEY_SETS),
    "key_download.attr.type": tuple(f"{name}.attr.word" for name in KEY_SETS),
    "key_download.attr.format": tuple(f"{name}.attr.format" for name in KEY_SETS),
    "key_download.attr.length": tuple(f"{name}.attr.length" for name in KEY_SETS),
    "key_download.attr.value": tuple(f"{name}." for name in KEY_SETS),
}

# Fields of stock isakmp that are not compared, and why: RFC 6407 and the octets decide against it.
WRONG = {
    "ipsec.attr.": "KEK attributes of SA KEK are named from the IPsec table, and where two more "
                   "octets stand before them, as gdoid sends, they are read at the wrong place",
    "sat.src_id_length": "SA TEK's SRC ID Data Len is read as two octets, not one (RFC 6407 "
                         "section 5.5.1), so that the message is malformed from there",
    "sat.payload": "SA TEK of protocol 3 (RFC 8052) is one run of octets",
    "datapayload": "GAP (RFC 6407 section 5.4) is not known: one run of octets",
    "notify.data": "Notification DATA is shown where there is none left",
}
# Behind the first of these stock isakmp reads nothing more of the SA payload.
LOST_BEHIND = ("ipsec.attr.", "sat.src_id_length")

# Our fields that stock isakmp does not show, and why.
OURS_ONLY = {
    "flag_reserved": "the reserved bits of Flags",
    "sak.src": "the line above four fields that are compared",
    "sak.dst": "the same",
    "iec61850.": "SA TEK of protocol 3 (RFC 8052), see sat.payload",
    "gap.attr.": "GAP, see datapayload",
    "gap.sender_id_request": "the same",
}


def stands_for(patterns, name):
    """Whether a name is one of those."""
    return any(name == one or (one.endswith(".") and (name + ".").startswith(one))
               for one in patterns)
