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


def certify(folder, name, ca, address, auth):
    """NAME.pem and NAME.key for an address, with a key for one way to authenticate."""
    (folder / f"{name}.ext").write_text(f"subjectAltName=IP:{address}\nkeyUsage=critical,digitalSignature\n")
    _openssl(folder, "req", "-new", "-newkey", *cases.AUTHENTICATIONS[auth][0], "-nodes", "-subj",
             f"/O=Sample/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    _openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-days", "30",
             "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}.pem")


def make(folder, ours, theirs):
    """ca.pem, and of it ours-AUTH and theirs-AUTH; foreign.pem, and of it ours-foreign and theirs-foreign."""
    for name in ("ca", "foreign"):
        authority(folder, name)
    for end, address in (("ours", ours), ("theirs", theirs)):
        for auth in cases.AUTHENTICATIONS:
            if auth != "psk":
                certify(folder, f"{end}-{auth}", "ca", address, auth)
        certify(folder, f"{end}-foreign", "foreign", address, "rsa")
