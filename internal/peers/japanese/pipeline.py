"""Analyses texts by the pipeline of GiNZA, in batches as spaCy makes them.

Standard input: a text a line, {"text": text, "warm": true where it is to be analysed before the clock runs}.
Standard output: {"start", "work": {"cpu", "wall"} in seconds, "memory": bytes at the peak, "results": [number of tokens, ...]}.
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
    import spacy

    pipeline = spacy.load("ja_ginza")
    pipeline("本です。")
    start = between(began, clock())

    lines = [json.loads(line) for line in sys.stdin]
    for _ in pipeline.pipe([line["text"] for line in lines if line.get("warm")]):
        pass
    texts = [line["text"] for line in lines if not line.get("warm")]
    before = clock()
    results = [len(document) for document in pipeline.pipe(texts)]
    work = between(before, clock())
    json.dump({"start": start, "work": work, "memory": peak(), "results": results}, sys.stdout)


main()
