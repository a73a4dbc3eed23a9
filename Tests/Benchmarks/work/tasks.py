"""The Celery application of the comparison: one task that does nothing but note when it began.

Its settings come from the environment, so that worker and producers have the same.
"""

import json
import os
import struct
import time

import celery

app = celery.Celery("bench")
app.conf.update(json.loads(os.environ["BENCH_CELERY"]))

# A record: the item's number, and seconds on the clock that all processes of a machine share.
RECORD = struct.Struct("<qd")
FOLDER = os.environ["BENCH_RECORDS"]
# By process: a child of the worker must not write into the file of its parent.
files: dict[int, int] = {}


@app.task(name="bench.noop")
def noop(number: int) -> None:
    pid = os.getpid()
    if pid not in files:
        files[pid] = os.open(f"{FOLDER}/{pid}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(files[pid], RECORD.pack(number, time.monotonic()))
