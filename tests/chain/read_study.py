#!/usr/bin/env python3
"""Reads and writes study files with h5py alone, as pipeline/FORMAT.md says.

    read_study.py FILE          check the seal and print every table
    read_study.py --write FILE  write a small sealed study file
"""
import hashlib
import sys

import h5py
import numpy as np


def read(path):
    raw = open(path, "rb").read()
    word, version, digest, size = raw[:512].split(b"\n")[0].split()
    assert (word, version) == (b"remit-study", b"1") and int(size[6:]) == len(raw) - 512
    assert digest[7:].decode() == hashlib.sha256(raw[512:]).hexdigest(), "the seal is broken"
    tables = {}
    with h5py.File(path, "r") as f:
        d = {k: v[()] for k, v in f["dictionary"].items()}
        for table, column in zip(d["table"], d["column"]):
            name = column.decode().replace("%", "%25").replace("/", "%2F")
            name = "%2E" if name == "." else name
            name = name[:-9] + "%5F_missing" if name.endswith("__missing") else name
            tables.setdefault(table.decode(), {})[column.decode()] = f[table][name][()]
    return tables


def write(path, tables, types):
    text = lambda cells: np.array([c.encode() for c in cells], dtype=bytes)
    with h5py.File(path, "w", userblock_size=512) as f:
        f.attrs["format"], f.attrs["format_version"], f.attrs["generator"] = "remit-study", 1, "h5py"
        rows = [(t, i + 1, c, types[t][c]) for t in tables for i, c in enumerate(tables[t])]
        for i, name in ((0, "table"), (2, "column"), (3, "type")):
            f["dictionary/" + name] = text([r[i] for r in rows])
        f["dictionary/position"] = np.array([r[1] for r in rows], dtype="<i4")
        for name in ("title", "unit"):
            f["dictionary/" + name] = text([""] * len(rows))
        for t, columns in tables.items():
            for c, cells in columns.items():
                f[t + "/" + c] = text(cells) if types[t][c] == "string" else np.asarray(cells)
    body = open(path, "rb").read()[512:]
    seal = "remit-study 1 sha256:%s bytes:%d\n" % (hashlib.sha256(body).hexdigest(), len(body))
    open(path, "wb").write(seal.encode().ljust(512, b"\0") + body)


if __name__ == "__main__":
    if sys.argv[1] == "--write":
        columns = {"id": ["A1", "Bé2"], "total": np.array([41.5, np.nan]), "week": np.array([0, 12], "<i4")}
        kinds = {"id": "string", "total": "number", "week": "integer"}
        write(sys.argv[2], {"/tables/caps5": columns}, {"/tables/caps5": kinds})
    else:
        for path, columns in read(sys.argv[1]).items():
            print(path, {c: v.tolist() for c, v in columns.items()})
