#!/usr/bin/env python3
"""Asks for a page every 50 ms until its standard input ends; prints failed requests, all, and the longest gap in seconds.

The gap is the longest time between two answers in a row. Each request has a thread of its own: one that hangs does not
keep the next from being sent, so that the gap tells when the guest was away and not when TCP tried again.
"""
import http.client
import select
import sys
import threading
import time

address, port = sys.argv[1], int(sys.argv[2])
lock = threading.Lock()
answers = []
failed = 0


def ask():
    global failed
    try:
        connection = http.client.HTTPConnection(address, port, timeout=5)
        connection.request("GET", "/")
        ok = connection.getresponse().status == 200
        connection.close()
    except (OSError, http.client.HTTPException):
        ok = False
    with lock:
        if ok:
            answers.append(time.monotonic())
        else:
            failed += 1


threads = []
turn = time.monotonic()
while not select.select([sys.stdin], [], [], max(0, turn - time.monotonic()))[0]:
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    threads.append(thread)
    turn = max(turn + 0.05, time.monotonic())
for thread in threads:
    thread.join()
answers.sort()
gap = max((later - earlier for earlier, later in zip(answers, answers[1:])), default=float("nan"))
print(failed, len(threads), f"{gap:.3f}")
