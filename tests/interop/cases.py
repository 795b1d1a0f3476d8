"""Which phase 1s are made with charon, in either role. Suites are named as both programs name them."""

PSK = "correct horse battery staple"

# AES-128/256 x SHA-1/256 x MODP-2048/ECP-256: what every GETVPN installation has some of.
COMMON = [f"aes{bits}-{digest}-{group}" for bits in (128, 256) for digest in ("sha1", "sha256")
          for group in ("modp2048", "ecp256")]
# The old, the long and the large.
WIDE = ["3des-sha1-modp2048", "aes128-sha256-modp3072", "aes256-sha256-modp4096", "aes128-sha256-ecp256",
        "aes256-sha384-ecp384"]

MODES = ("main", "aggressive")
AUTHENTICATIONS = ("psk", "rsa", "ecdsa256", "ecdsa384")


def case(suite, mode="main", auth="psk", **more):
    """`more`: `psk` where the two sides' keys differ, `offer` where charon's proposals do."""
    return {"suite": suite, "mode": mode, "auth": auth, **more}


def name_of(each):
    extra = [word for word in ("psk", "offer") if word in each]
    return "-".join([each["mode"], each["auth"], each["suite"], *("wrong_" + word for word in extra)])


def psk_matrix():
    """Main mode with a pre-shared key."""
    suites = COMMON + [suite for suite in WIDE if suite not in COMMON]
    return [case(suite) for suite in suites]


def faults():
    """What must not come about: another pre-shared key, no common proposal."""
    return [case("aes128-sha256-ecp256", psk="another one"),
            case("aes128-sha256-ecp256", offer="aes256-sha512-modp4096")]
