"""Something that runs in a process of its own, and is asked over a pipe: so a load shares no interpreter with another one."""

import asyncio
import gc
import multiprocessing
import traceback

from machine import cpu_seconds
from servers import Failed


class Helper:
    """Makes a `kind(*arguments)` in a new process. Its methods are coroutines, asked one at a time; what fails there fails here."""

    def __init__(self, kind: type, *arguments):
        self.name = kind.__name__
        here = multiprocessing.get_context("spawn")
        self.pipe, theirs = here.Pipe()
        self.process = here.Process(target=run, args=(theirs, kind, arguments), daemon=True)
        self.process.start()
        theirs.close()

    def __enter__(self) -> "Helper":
        return self

    def __exit__(self, *_) -> None:
        """It ends by itself when nobody is there to ask it."""
        self.pipe.close()
        self.process.join(10)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()

    @property
    def cpu(self) -> float:
        return cpu_seconds(self.process.pid)

    def ask(self, method: str, *arguments, seconds: float = 60):
        self.tell(method, *arguments)
        return self.answer(seconds)

    def tell(self, method: str, *arguments) -> None:
        """Begins something; `answer` waits for it."""
        self.pipe.send((method, arguments))

    def answer(self, seconds: float = 60):
        if not self.pipe.poll(seconds):
            raise Failed(f"{self.name} gave no answer within {seconds:g} s")
        try:
            failure, value = self.pipe.recv()
        except EOFError:
            raise Failed(f"{self.name} ended before it answered") from None
        if failure:
            raise Failed(failure)
        return value


def run(pipe, kind: type, arguments: tuple) -> None:
    gc.disable()
    try:
        asyncio.run(serve(pipe, kind(*arguments)))
    except KeyboardInterrupt:
        pass


async def serve(pipe, thing) -> None:
    loop = asyncio.get_running_loop()
    while True:
        try:
            method, arguments = await loop.run_in_executor(None, pipe.recv)
        except EOFError:
            return
        try:
            pipe.send((None, await getattr(thing, method)(*arguments)))
        except (Failed, OSError, asyncio.TimeoutError) as failure:
            pipe.send((str(failure) or type(failure).__name__, None))
        except Exception:  # A mistake in the benchmark itself.
            pipe.send((traceback.format_exc(), None))
