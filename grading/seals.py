"""Notices what students' code has changed where no wall keeps it from changing things."""
import os
import stat
from pathlib import Path
from typing import Dict, Iterable, List, Tuple

from grading.reading import shown

Signature = Tuple[int, ...]


class Seal:
    """The state of folders, by metadata: size, times and number of each file. Times of change cannot be set back."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = [str(folder) for folder in folders]
        self.before = self.look()

    def look(self) -> Dict[str, Signature]:
        found: Dict[str, Signature] = {}
        waiting = list(self.folders)
        while waiting:
            try:
                with os.scandir(waiting.pop()) as entries:
                    for entry in entries:
                        about = entry.stat(follow_symlinks=False)
                        if stat.S_ISDIR(about.st_mode):
                            found[entry.path] = (about.st_mode, about.st_ino)
                            waiting.append(entry.path)
                        else:
                            found[entry.path] = (about.st_mode, about.st_ino, about.st_size, about.st_mtime_ns,
                                                 about.st_ctime_ns)
            except OSError:
                continue
        return found

    def broken(self) -> List[str]:
        """Return the names of files that are not as they were, as they can be printed."""
        now = self.look()
        return sorted(shown(path) for path in {*self.before, *now} if self.before.get(path) != now.get(path))
