"""Prints the wheel tags that `packaging` accepts, best first, for the targets below."""

from packaging import _manylinux, tags

_manylinux._get_glibc_version = lambda: (2, 41)


def accepted(version, platforms):
    own = "cp%d%d" % version
    platforms = list(platforms)
    yield from tags.cpython_tags(version, [own], platforms)
    yield from tags.compatible_tags(version, own, platforms)


linux = [*_manylinux.platform_tags(["x86_64"]), "linux_x86_64"]
arm = [*_manylinux.platform_tags(["aarch64"]), "linux_aarch64"]
for name, version, platforms in [
    ("3.10 linux/amd64", (3, 10), linux),
    ("3.12 linux/arm64", (3, 12), arm),
    ("3.11 windows/amd64", (3, 11), ["win_amd64"]),
]:
    for tag in accepted(version, platforms):
        print(name, tag)
