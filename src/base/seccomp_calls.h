/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The system calls that confined processes need, for seccomp.c alone.
 */
#ifndef BASE_SECCOMP_CALLS_H
#define BASE_SECCOMP_CALLS_H

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* No architecture has all of them: a negative number is none. */
#ifndef __NR__llseek
#define __NR__llseek -1
#endif
#ifndef __NR_fcntl64
#define __NR_fcntl64 -1
#endif
#ifndef __NR_fork
#define __NR_fork -1
#endif
#ifndef __NR_clone3
#define __NR_clone3 -1
#endif
#ifndef __NR_socketpair
#define __NR_socketpair -1
#endif
#ifndef __NR_dup2
#define __NR_dup2 -1
#endif
#ifndef __NR_pipe
#define __NR_pipe -1
#endif
#ifndef __NR_poll
#define __NR_poll -1
#endif
#ifndef __NR_ppoll_time64
#define __NR_ppoll_time64 -1
#endif
#ifndef __NR_select
#define __NR_select -1
#endif
#ifndef __NR__newselect
#define __NR__newselect -1
#endif
#ifndef __NR_pselect6_time64
#define __NR_pselect6_time64 -1
#endif
#ifndef __NR_accept
#define __NR_accept -1
#endif
#ifndef __NR_epoll_wait
#define __NR_epoll_wait -1
#endif
#ifndef __NR_sigreturn
#define __NR_sigreturn -1
#endif
#ifndef __NR_rt_sigtimedwait_time64
#define __NR_rt_sigtimedwait_time64 -1
#endif
#ifndef __NR_clock_gettime64
#define __NR_clock_gettime64 -1
#endif
#ifndef __NR_clock_getres_time64
#define __NR_clock_getres_time64 -1
#endif
#ifndef __NR_time
#define __NR_time -1
#endif
#ifndef __NR_clock_nanosleep_time64
#define __NR_clock_nanosleep_time64 -1
#endif
#ifndef __NR_timerfd_settime64
#define __NR_timerfd_settime64 -1
#endif
#ifndef __NR_getuid32
#define __NR_getuid32 -1
#endif
#ifndef __NR_geteuid32
#define __NR_geteuid32 -1
#endif
#ifndef __NR_getgid32
#define __NR_getgid32 -1
#endif
#ifndef __NR_getegid32
#define __NR_getegid32 -1
#endif
#ifndef __NR_getrlimit
#define __NR_getrlimit -1
#endif
#ifndef __NR_ugetrlimit
#define __NR_ugetrlimit -1
#endif
#ifndef __NR_futex_time64
#define __NR_futex_time64 -1
#endif
#ifndef __NR_open
#define __NR_open -1
#endif
#ifndef __NR_stat
#define __NR_stat -1
#endif
#ifndef __NR_lstat
#define __NR_lstat -1
#endif
#ifndef __NR_stat64
#define __NR_stat64 -1
#endif
#ifndef __NR_lstat64
#define __NR_lstat64 -1
#endif
#ifndef __NR_fstat64
#define __NR_fstat64 -1
#endif
#ifndef __NR_newfstatat
#define __NR_newfstatat -1
#endif
#ifndef __NR_fstatat64
#define __NR_fstatat64 -1
#endif
#ifndef __NR_access
#define __NR_access -1
#endif
#ifndef __NR_readlink
#define __NR_readlink -1
#endif
#ifndef __NR_getdents
#define __NR_getdents -1
#endif
#ifndef __NR_fadvise64
#define __NR_fadvise64 -1
#endif
#ifndef __NR_fadvise64_64
#define __NR_fadvise64_64 -1
#endif
#ifndef __NR_arm_fadvise64_64
#define __NR_arm_fadvise64_64 -1
#endif
#ifndef __NR_statfs64
#define __NR_statfs64 -1
#endif
#ifndef __NR_fstatfs64
#define __NR_fstatfs64 -1
#endif
#ifndef __NR_ftruncate64
#define __NR_ftruncate64 -1
#endif
#ifndef __NR_unlink
#define __NR_unlink -1
#endif
#ifndef __NR_rmdir
#define __NR_rmdir -1
#endif
#ifndef __NR_mkdir
#define __NR_mkdir -1
#endif
#ifndef __NR_link
#define __NR_link -1
#endif
#ifndef __NR_rename
#define __NR_rename -1
#endif
#ifndef __NR_fchown32
#define __NR_fchown32 -1
#endif
#ifndef __NR_utimensat_time64
#define __NR_utimensat_time64 -1
#endif
#ifndef __NR_recvmmsg_time64
#define __NR_recvmmsg_time64 -1
#endif
#ifndef __NR_socketcall
#define __NR_socketcall -1
#endif
#ifndef __NR_mmap
#define __NR_mmap -1
#endif
#ifndef __NR_mmap2
#define __NR_mmap2 -1
#endif

static const int always[] = {
	/* descriptors */
	__NR_read, __NR_write, __NR_readv, __NR_writev, __NR_pread64,
	__NR_pwrite64, __NR_preadv, __NR_pwritev, __NR_close, __NR_close_range,
	__NR_lseek, __NR__llseek, __NR_fcntl, __NR_fcntl64, __NR_flock,
	__NR_dup, __NR_dup2, __NR_dup3, __NR_pipe, __NR_pipe2, __NR_eventfd2,
	__NR_ioctl,
	/* waiting */
	__NR_poll, __NR_ppoll, __NR_ppoll_time64, __NR_select, __NR__newselect,
	__NR_pselect6, __NR_pselect6_time64, __NR_epoll_create1,
	__NR_epoll_ctl, __NR_epoll_wait, __NR_epoll_pwait,
	/* signals */
	__NR_rt_sigaction, __NR_rt_sigprocmask, __NR_rt_sigreturn,
	__NR_sigreturn, __NR_rt_sigtimedwait, __NR_rt_sigtimedwait_time64,
	__NR_rt_sigpending, __NR_sigaltstack, __NR_signalfd4,
	__NR_restart_syscall,
	/* memory; mapping is in rows[] */
	__NR_brk, __NR_munmap, __NR_mremap, __NR_madvise, __NR_mlock,
	__NR_mlock2, __NR_munlock,
	/* time */
	__NR_clock_gettime, __NR_clock_gettime64, __NR_clock_getres,
	__NR_clock_getres_time64, __NR_gettimeofday, __NR_time,
	__NR_clock_nanosleep, __NR_clock_nanosleep_time64, __NR_nanosleep,
	__NR_setitimer, __NR_timerfd_create, __NR_timerfd_settime,
	__NR_timerfd_settime64,
	/* oneself */
	__NR_getpid, __NR_gettid, __NR_getppid, __NR_getuid, __NR_getuid32,
	__NR_geteuid, __NR_geteuid32, __NR_getgid, __NR_getgid32, __NR_getegid,
	__NR_getegid32, __NR_getrandom, __NR_getrlimit, __NR_ugetrlimit,
	__NR_prlimit64, __NR_getrusage, __NR_sysinfo, __NR_uname,
	__NR_sched_yield, __NR_sched_getaffinity, __NR_getcpu, __NR_prctl,
	__NR_exit, __NR_exit_group,
	/* libc's own */
	__NR_futex, __NR_futex_time64, __NR_set_robust_list,
	__NR_set_tid_address, __NR_rseq, __NR_membarrier,
	/* files, as far as Landlock allows */
	__NR_open, __NR_openat, __NR_stat, __NR_stat64, __NR_lstat,
	__NR_lstat64, __NR_fstat, __NR_fstat64, __NR_newfstatat,
	__NR_fstatat64, __NR_statx, __NR_access, __NR_faccessat,
	__NR_faccessat2, __NR_readlink, __NR_readlinkat, __NR_getcwd,
	__NR_getdents, __NR_getdents64, __NR_fsync, __NR_fdatasync,
	__NR_fadvise64, __NR_fadvise64_64, __NR_arm_fadvise64_64, __NR_statfs,
	__NR_statfs64, __NR_fstatfs, __NR_fstatfs64, __NR_umask,
};

/* With a keyring. */
static const int keeping[] = { __NR_add_key, __NR_keyctl };

/* With CONFINE_UPDATE or CONFINE_REMOVE. */
static const int changing[] = {
	__NR_ftruncate, __NR_ftruncate64, __NR_fallocate, __NR_unlink,
	__NR_unlinkat, __NR_rename, __NR_renameat, __NR_renameat2, __NR_fchmod,
	__NR_fchown, __NR_fchown32, __NR_utimensat, __NR_utimensat_time64,
	__NR_link, __NR_linkat, __NR_mkdir, __NR_mkdirat, __NR_rmdir,
};

/* With a port to connect to; socket(2) is in rows[]. */
static const int connecting[] = {
	__NR_connect, __NR_getsockopt, __NR_setsockopt, __NR_getsockname,
	__NR_getpeername, __NR_sendto, __NR_recvfrom, __NR_sendmsg,
	__NR_sendmmsg, __NR_recvmsg, __NR_recvmmsg, __NR_recvmmsg_time64,
	__NR_shutdown,
};

/* No new connections to anybody: on those that come, to answer. */
static const int serving[] = {
	__NR_accept, __NR_accept4, __NR_getsockopt, __NR_setsockopt,
	__NR_getsockname, __NR_getpeername, __NR_sendto, __NR_recvfrom,
	__NR_sendmsg, __NR_recvmsg, __NR_shutdown,
};

#if defined(__SANITIZE_ADDRESS__)
/* The search for leaks at the end is a thread that traces the process. */
static const int sanitizing[] = {
	__NR_clone, __NR_ptrace, __NR_wait4, __NR_process_vm_readv,
};
#else
static const int sanitizing[] = { -1 };
#endif

#endif
