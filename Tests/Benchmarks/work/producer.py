"""Orders items from Celery, in a process of its own: as fast as they are taken, or at a rate.

    producer.py FIRST STEP END RATE

Orders the numbers FIRST, FIRST + STEP … below END. Says `ready` once it is connected, waits for a line with the moment to
begin, and prints one JSON line: when it ended, and, with a RATE other than 0, how late each order was made. At a rate, number
n is due n / RATE seconds after that moment.
"""

import gc
import json
import sys
import time

from tasks import app, noop


def main() -> None:
    first, step, end = map(int, sys.argv[1:4])
    rate = float(sys.argv[4])
    late: list[float] = []
    with app.connection_for_write() as connection, app.amqp.Producer(connection) as producer:
        connection.ensure_connection(max_retries=3)
        noop.apply_async((-1,), producer=producer)
        print("ready", flush=True)
        began = float(sys.stdin.readline())
        gc.collect()
        gc.disable()
        time.sleep(max(0.0, began - time.monotonic()))
        for number in range(first, end, step):
            if rate:
                due = began + number / rate
                if (wait := due - time.monotonic()) > 0:
                    time.sleep(wait)
                late.append(time.monotonic() - due)
            noop.apply_async((number,), producer=producer)
    print(json.dumps({"ended": time.monotonic(), "late": late}), flush=True)


if __name__ == "__main__":
    main()
