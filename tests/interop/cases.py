"""Which phase 1s are made with charon, in either role. Suites are named as both programs name them."""

PSK = "correct horse battery staple"

# AES-128/256 x SHA-1/256 x MODP-2048/ECP-256: what every GETVPN installation has some of.
COMMON = [f"aes{bits}-{digest}-{group}" for bits in (128, 256) for digest in ("sha1", "sha256")
          for group in ("modp2048", "ecp256")]
# The old, the long and the large.
WIDE = ["3des-sha1-modp2048", "aes128-sha256-modp3072", "aes256-sha256-modp4096", "aes128-sha256-ecp256",
        "aes256-sha384-ecp384"]

MODES = ("main", "aggressive")

# What else there is beside port 848: a NAT on the way, as charon makes believe, so that both ends go
# on at port 4500 (RFC 3947); or both ends begin there. Behind a non-ESP marker both times.
FLOATS, FROM_4500 = "floats", "from-4500"

# How to authenticate: what openssl makes the key with, and the end of our name of a suite.
AUTHENTICATIONS = {
    "psk": ((), ""),
    "rsa": (("rsa:2048",), "-rsa-sig"),
    "ecdsa256": (("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), "-ecdsa-256"),
    "ecdsa384": (("ec", "-pkeyopt", "ec_paramgen_curve:P-384"), "-ecdsa-384"),
}


def case(suite, mode="main", auth="psk", **more):
    """`more`: `psk` where charon's key is another, `offer` where its proposals are, `foreign` which end
    ("ours", "theirs") has its certificate of another authority; `nat`: FLOATS or FROM_4500; `large`:
    certificates so large that messages with them go in fragments; `ipv6`."""
    return {"suite": suite, "mode": mode, "auth": auth, **more}


def name_of(each):
    extra = ["wrong_" + word for word in ("psk", "offer", "foreign") if word in each]
    extra += [word for word in ("large", "ipv6") if each.get(word)]
    words = [each["mode"], each["auth"], each["suite"], *extra, each.get("foreign"), each.get("nat")]
    return "-".join(word for word in words if word)


def certificate_of(each, end):
    """Name of the certificate that an end shows."""
    if each.get("large"):
        return f"{end}-large"
    return f"{end}-foreign" if each.get("foreign") == end else f"{end}-{each['auth']}"


def our_name(each):
    """The suite as `--set cipher=` and a policy's `proposals` have it."""
    return each["suite"] + AUTHENTICATIONS[each["auth"]][1]


def matrix():
    """Main mode with a pre-shared key in all suites; the wide ones in every mode, authenticated in
    every way; the same with a NAT; one of them begun on port 4500, one over IPv6, and one with large
    certificates."""
    common = [case(suite) for suite in COMMON if suite not in WIDE]
    kinds = [(mode, auth) for auth in AUTHENTICATIONS for mode in MODES]
    wide = [case(suite, mode, auth) for mode, auth in kinds for suite in WIDE]
    floating = [case(suite, mode, auth, nat=FLOATS) for mode, auth in kinds for suite in WIDE]
    suite = "aes128-sha256-ecp256"
    begun_there = [case(suite, mode, auth, nat=FROM_4500) for mode, auth in kinds]
    over_ipv6 = [case(suite, mode, auth, ipv6=True) for mode, auth in kinds]
    over_ipv6 += [case(suite, nat=FLOATS, ipv6=True)]
    large = [case(suite, mode, "rsa", large=True) for mode in MODES]
    large += [case(suite, auth="rsa", large=True, nat=FLOATS), case(suite, auth="rsa", large=True, ipv6=True)]
    return common + wide + floating + begun_there + over_ipv6 + large


# What our KS says of each fault.
KS_SAYS = {"psk": "the two sides have different keys",
           "offer": "declined: none of its proposals is acceptable",
           "ours": "deleted its SA",
           "theirs": "unable to get local issuer certificate"}


def fault_of(each):
    return each.get("foreign") or next((word for word in ("psk", "offer") if word in each), None)


def faults():
    """What must not come about: another pre-shared key, no common proposal, a certificate of an
    authority that the other end does not know."""
    suite = "aes128-sha256-ecp256"
    found = [case(suite, psk="another one"), case(suite, offer="aes256-sha512-modp4096")]
    return found + [case(suite, auth="rsa", foreign=end) for end in ("ours", "theirs")]
