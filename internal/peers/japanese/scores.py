"""Scores the readability of texts by jreadability, with one tagger for all of them.

Standard input: a text a line, {"text": text, "warm": true where it is to be scored before the clock runs}.
Standard output: {"start", "work": {"cpu", "wall"} in seconds, "memory": bytes at the peak, "results": [score, ...]}.
"""

import json
import sys
import time


def clock():
    return time.process_time(), time.perf_counter()


def between(a, b):
    return {"cpu": b[0] - a[0], "wall": b[1] - a[1]}


def peak():
    """Unlike ru_maxrss, VmHWM does not begin with the memory of the process that started this one."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def main():
    began = 0.0, time.perf_counter()  # the CPU time is that of the process, so it began with 0
    from fugashi import Tagger
    from jreadability import compute_readability

    tagger = Tagger()
    compute_readability("本です。", tagger)
    start = between(began, clock())

    lines = [json.loads(line) for line in sys.stdin]
    for line in lines:
        if line.get("warm"):
            compute_readability(line["text"], tagger)
    texts = [line["text"] for line in lines if not line.get("warm")]
    before = clock()
    results = [compute_readability(text, tagger) for text in texts]
    work = between(before, clock())
    json.dump({"start": start, "work": work, "memory": peak(), "results": results}, sys.stdout)


main()
