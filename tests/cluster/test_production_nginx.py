"""nginx accepts the configuration in `deploy/`, not only the cluster's."""

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy import programs, services
from deploy.cluster import NGINX, mime_types


@pytest.mark.parametrize("upstream", ["nginx/upstream.conf", "container/upstream.conf"])
def test_nginx_finds_nothing_wrong_with_the_configuration(upstream: str, tmp_path: Path) -> None:
    program = programs.required("nginx")
    shutil.copytree(NGINX, tmp_path / "trato")
    shutil.copy(NGINX.parent / upstream, tmp_path / "trato" / "upstream.conf")
    shutil.copy(mime_types(program), tmp_path / "mime.types")
    _make_certificate(tmp_path)
    text = (NGINX / "nginx.conf").read_text()
    for here, there in (
        ("/etc/nginx/certificate", tmp_path),
        ("/run/nginx.pid", tmp_path / "nginx.pid"),
        ("/var/log/nginx/trato.log", tmp_path / "access.log"),
    ):
        assert here in text
        text = text.replace(here, str(there))
    # Testing opens the ports, which only root may do.
    ports = {number: str(services.free_port()) for number in ("80", "443")}
    text = re.sub(r"(?<=listen )(80|443)\b", lambda match: ports[match[0]], text)
    (tmp_path / "nginx.conf").write_text(text)
    tested = subprocess.run(
        [program, "-t", "-e", str(tmp_path / "error.log"), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in tested.stderr.splitlines() if "[emerg]" in line]
    assert (tested.returncode, complaints) == (0, [])


def _make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example.com")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
