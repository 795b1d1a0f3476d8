"""An authority and certificates for the two ends, made with the openssl command."""

import subprocess

import cases


def _openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60,
                   stdin=subprocess.DEVNULL)


def authority(folder, name):
    """NAME.pem and NAME.key."""
    _openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
             "-subj", f"/O=Sample/CN={name}", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
             "-keyout", f"{name}.key", "-out", f"{name}.pem")


# Of a large certificate, about 4 KB of them.
MANY_NAMES = [f"DNS:interface-{number:03}.router.sample.example" for number in range(100)]


def certify(folder, name, ca, names, auth):
    """NAME.pem and NAME.key for names of an end, with a key for one way to authenticate."""
    (folder / f"{name}.ext").write_text(f"subjectAltName={','.join(names)}\nkeyUsage=critical,digitalSignature\n")
    _openssl(folder, "req", "-new", "-newkey", *cases.AUTHENTICATIONS[auth][0], "-nodes", "-subj",
             f"/O=Sample/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    _openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-days", "30",
             "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}.pem")


def make(folder, ours, theirs):
    """ca.pem, and of it ours-AUTH, ours-large and theirs-AUTH, theirs-large; foreign.pem, and of it
    ours-foreign and theirs-foreign. `ours`, `theirs`: all addresses of an end."""
    for name in ("ca", "foreign"):
        authority(folder, name)
    for end, addresses in (("ours", ours), ("theirs", theirs)):
        names = [f"IP:{address}" for address in addresses]
        for auth in cases.AUTHENTICATIONS:
            if auth != "psk":
                certify(folder, f"{end}-{auth}", "ca", names, auth)
        certify(folder, f"{end}-large", "ca", names + MANY_NAMES, "rsa")
        certify(folder, f"{end}-foreign", "foreign", names, "rsa")
