"""What a Linux process can forbid itself and all that it starts: Landlock for files, seccomp for system calls.

The warden uses it in a process that is about to become a student's. It needs the standard library alone, no privileges,
and Linux 5.13 or newer for Landlock; signals and abstract sockets are kept in from 6.12 on.
"""
import ctypes
import os
import platform
import stat
import struct
from typing import Dict, List, Sequence, Tuple

LIBC = ctypes.CDLL(None, use_errno=True)
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
NO_NEW_PRIVILEGES, SECCOMP, FILTER, DEATH_SIGNAL, SUBREAPER = 38, 22, 2, 1, 36  # of prctl
READING = 1 << 0 | 1 << 2 | 1 << 3  # execute, read a file, list a folder
OF_FILES = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15  # what a rule about a file, not a folder, may allow
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")

#: System calls that no notebook of the course needs, by number on x86-64 and on 64-bit Arm. They reach other
#: processes, or memory that no limit counts, or the network.
NEVER: Dict[str, Tuple[int, int]] = {
    "socket": (41, 198), "io_uring_setup": (425, 425), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "ptrace": (101, 117), "process_vm_writev": (311, 271), "shmget": (29, 194), "msgget": (68, 186),
    "semget": (64, 190), "mq_open": (240, 180), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "userfaultfd": (323, 282), "perf_event_open": (298, 241), "bpf": (321, 280), "unshare": (272, 97),
    "setns": (308, 268), "setpriority": (141, 140), "mount": (165, 40), "fanotify_init": (300, 262),
    "pidfd_getfd": (438, 438), "sched_setscheduler": (144, 119), "ioprio_set": (251, 30)}
#: What Landlock leaves open: it minds what is in files, not what is said of them.
OF_METADATA: Dict[str, Tuple[int, int]] = {
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, -1),
    "fchown": (93, 55), "lchown": (94, -1), "fchownat": (260, 54), "utime": (132, -1), "utimes": (235, -1),
    "futimesat": (261, -1), "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16)}
#: Signals, where Landlock is too old to keep them in.
SIGNALS: Dict[str, Tuple[int, int]] = {
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "pidfd_send_signal": (424, 424)}
ARCHITECTURES = {"x86_64": (0, 0xC000003E, (302, 203), 56), "aarch64": (1, 0xC00000B7, (261, 122), 220)}
CLONE3, NAMESPACES = 435, 0x7E020080  # a new way to fork, and the bits by which one asks for namespaces of one's own


def landlock() -> int:
    """Return the version of Landlock that the kernel has; 0: none."""
    return max(0, LIBC.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), 1)) if platform.machine() in ARCHITECTURES \
        else 0


def confine(readable: Sequence[str], writable: Sequence[str]) -> None:
    """Let this process, and all that it starts, read and write these files and folders alone. Raises OSError."""
    version = landlock()
    everything = (1 << (16 if version >= 5 else 15 if version >= 3 else 14 if version == 2 else 13)) - 1
    attributes = struct.pack("=QQQ", everything, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    attributes = attributes[:24 if version >= 6 else 16 if version >= 4 else 8]
    ruleset = called(LIBC.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0))
    for paths, rights in ((readable, READING), (DEVICES, 1 << 1 | 1 << 2), (writable, everything)):
        for path in paths:
            allow(ruleset, path, rights & everything)
    forbid_new_privileges()
    called(LIBC.syscall(RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def allow(ruleset: int, path: str, rights: int) -> None:
    """Allow what is said beneath one path, where there is such a path."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not stat.S_ISDIR(os.fstat(place).st_mode):
        rights &= OF_FILES
    called(LIBC.syscall(ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, place), 0))
    os.close(place)


def program(signals: bool, metadata: bool) -> bytes:
    """Return a filter of system calls, as the kernel takes it. signals, metadata: whether these are let through."""
    column, architecture, own_only, clone = ARCHITECTURES[platform.machine()]
    calls = {**NEVER, **({} if metadata else OF_METADATA), **({} if signals else SIGNALS)}
    numbers = [pair[column] for pair in calls.values() if pair[column] >= 0]
    refuse, accept, kill = 0x00050000 | 1, 0x7FFF0000, 0x80000000  # EPERM
    steps: List[Tuple[int, int, int, int]] = [
        (0x20, 0, 0, 4), (0x15, 1, 0, architecture), (0x06, 0, 0, kill),  # the architecture that it was made for
        (0x20, 0, 0, 0), (0x35, 0, 1, 0x40000000), (0x06, 0, 0, refuse)]  # the number; none of x86-64's second table
    for number in numbers:
        steps += [(0x15, 0, 1, number), (0x06, 0, 0, refuse)]
    steps += [(0x15, 0, 1, CLONE3), (0x06, 0, 0, 0x00050000 | 38)]  # not there, so that the old way is taken, which
    steps += [(0x15, 0, 4, clone), (0x20, 0, 0, 16), (0x45, 0, 1, NAMESPACES), (0x06, 0, 0, refuse), (0x20, 0, 0, 0)]
    for number in own_only:  # prlimit64 and sched_setaffinity: of this process alone, whose number they give as 0
        steps += [(0x15, 0, 3, number), (0x20, 0, 0, 16), (0x15, 1, 0, 0), (0x06, 0, 0, refuse), (0x20, 0, 0, 0)]
    steps.append((0x06, 0, 0, accept))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def filter_calls(code: bytes) -> None:
    """Put a filter before this process's system calls, and those of all that it starts. Raises OSError."""
    buffer = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    forbid_new_privileges()
    called(LIBC.prctl(SECCOMP, FILTER, head, 0, 0))


def forbid_new_privileges() -> None:
    called(LIBC.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))


def called(result: int) -> int:
    """The result of a system call. Raises OSError where it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(result)
