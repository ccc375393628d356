/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seccomp - which system calls a process may still make.
 *
 * A list of what is allowed. Everything else fails with EPERM, but calls
 * that are younger than this program fail with ENOSYS, so that a later libc
 * falls back to the ones it used before. Programs of another architecture's
 * numbers are ended: nobody makes such calls by mistake.
 */
#include "parts.h"
#include "seccomp_calls.h"

#include <endian.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/net.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCHITECTURE AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCHITECTURE AUDIT_ARCH_ARM
#endif

#define X32_BIT 0x40000000u /* x86-64 numbers of the x32 convention */
#define NEWEST_KNOWN 450    /* set_mempolicy_home_node, of Linux 5.17 */
#define FILTER_MAX 512      /* instructions */

enum test { ANY, EQUAL, LACKS }; /* of the argument's low 32 bits */

struct row {
	int number;
	enum test test;
	unsigned argument;
	uint32_t value;
};

#define OWN_PID UINT32_MAX /* value: our own process id */
#define LINUX_CONSOLE 0x541Cu /* TIOCLINUX, which libc does not name */

/* Looked at first: these fail though their call is allowed. Characters put
 * into a terminal would be typed into the station. */
static const struct row refused[] = {
	{ __NR_ioctl, EQUAL, 1, TIOCSTI },
	{ __NR_ioctl, EQUAL, 1, LINUX_CONSOLE },
};

/* Memory, but no new code in it; signals, but to oneself: abort(3). */
static const struct row limited[] = {
	{ __NR_mmap, LACKS, 2, PROT_EXEC },
	{ __NR_mmap2, LACKS, 2, PROT_EXEC },
	{ __NR_mprotect, LACKS, 2, PROT_EXEC },
	{ __NR_kill, EQUAL, 0, OWN_PID },
	{ __NR_tkill, EQUAL, 0, OWN_PID },
	{ __NR_tgkill, EQUAL, 0, OWN_PID },
};

/* The resolver loads its parts as libraries when it is first asked. */
static const struct row resolving[] = {
	{ __NR_mmap, ANY, 0, 0 },
	{ __NR_mmap2, ANY, 0, 0 },
	{ __NR_mprotect, ANY, 0, 0 },
	{ __NR_socket, EQUAL, 0, AF_INET },
	{ __NR_socket, EQUAL, 0, AF_INET6 },
	{ __NR_socket, EQUAL, 0, AF_NETLINK },
};

/* The libc of i386 has one call for all that is about sockets. What it is to do
 * is seen, the family is not: where a process may connect, sockets of the
 * machine cannot be told from those of the network there. */
#define BY_ONE_CALL(what) { __NR_socketcall, EQUAL, 0, what }

static const struct row connecting_by_one[] = {
	BY_ONE_CALL(SYS_SOCKET), BY_ONE_CALL(SYS_CONNECT),
};

/* On connections that are there. */
static const struct row talking_by_one[] = {
	BY_ONE_CALL(SYS_GETSOCKNAME), BY_ONE_CALL(SYS_GETPEERNAME),
	BY_ONE_CALL(SYS_SEND), BY_ONE_CALL(SYS_RECV), BY_ONE_CALL(SYS_SENDTO),
	BY_ONE_CALL(SYS_RECVFROM), BY_ONE_CALL(SYS_SHUTDOWN),
	BY_ONE_CALL(SYS_SETSOCKOPT), BY_ONE_CALL(SYS_GETSOCKOPT),
	BY_ONE_CALL(SYS_SENDMSG), BY_ONE_CALL(SYS_RECVMSG),
	BY_ONE_CALL(SYS_SENDMMSG), BY_ONE_CALL(SYS_RECVMMSG),
};

static const struct row serving_by_one[] = {
	BY_ONE_CALL(SYS_ACCEPT), BY_ONE_CALL(SYS_ACCEPT4),
};

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID | \
    CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP)

/* With may_clone; what is started inherits the fences. */
static const struct row cloning[] = {
	{ __NR_clone, LACKS, 0, NAMESPACES },
	{ __NR_fork, ANY, 0, 0 },
	{ __NR_wait4, ANY, 0, 0 },
	{ __NR_waitid, ANY, 0, 0 },
	{ __NR_setpriority, EQUAL, 0, PRIO_PROCESS },
	{ __NR_socketpair, EQUAL, 0, AF_UNIX },
};

/* Its flags lie in memory, where no filter sees them: libc takes clone(2). */
static const struct row unseen[] = {
	{ __NR_clone3, ANY, 0, 0 },
};

struct program {
	struct sock_filter code[FILTER_MAX];
	unsigned short n;
};

static void
put(struct program *p, uint16_t code, uint8_t yes, uint8_t no, uint32_t k)
{
	if (p->n < FILTER_MAX)
		p->code[p->n++] = (struct sock_filter){ code, yes, no, k };
}

static void
load(struct program *p, size_t offset)
{
	put(p, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset);
}

static void
end(struct program *p, uint32_t action)
{
	put(p, BPF_RET | BPF_K, 0, 0, action);
}

/* Low half of an argument: the kernel takes no more of these. */
static size_t
argument_at(unsigned argument)
{
	size_t at = offsetof(struct seccomp_data, args) + 8 * argument;

	return __BYTE_ORDER == __BIG_ENDIAN ? at + 4 : at;
}

/* The number is loaded before and after. */
static void
put_row(struct program *p, const struct row *row, uint32_t action)
{
	uint32_t value = row->value == OWN_PID ? (uint32_t)getpid() :
	    row->value;

	if (row->number < 0)
		return;
	if (row->test == ANY) {
		put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)row->number);
		end(p, action);
		return;
	}
	put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, (uint32_t)row->number);
	load(p, argument_at(row->argument));
	if (row->test == EQUAL)
		put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value);
	else
		put(p, BPF_JMP | BPF_JSET | BPF_K, 1, 0, value);
	end(p, action);
	load(p, offsetof(struct seccomp_data, nr));
}

#if defined(ARCHITECTURE)
static void
put_head(struct program *p)
{
	load(p, offsetof(struct seccomp_data, arch));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCHITECTURE);
	end(p, SECCOMP_RET_KILL_PROCESS);
	load(p, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
	put(p, BPF_JMP | BPF_JGE | BPF_K, 0, 1, X32_BIT);
	end(p, SECCOMP_RET_KILL_PROCESS);
#endif
}

static void
put_rows(struct program *p, const struct row *rows, size_t n, uint32_t action)
{
	for (size_t i = 0; i < n; i++)
		put_row(p, &rows[i], action);
}

static void
put_calls(struct program *p, const int *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_row(p, &(struct row){ .number = numbers[i] },
		    SECCOMP_RET_ALLOW);
}

static bool
changes(const struct confine *confine)
{
	for (size_t i = 0; i < confine->npaths; i++)
		if (confine->paths[i].rights & (CONFINE_UPDATE |
		    CONFINE_REMOVE))
			return true;
	return false;
}

static void
put_tail(struct program *p)
{
	/* ARM has numbers of its own far above; those in use are rows. */
	put(p, BPF_JMP | BPF_JGT | BPF_K, 0, 1, NEWEST_KNOWN);
	end(p, SECCOMP_RET_ERRNO | ENOSYS);
	end(p, SECCOMP_RET_ERRNO | EPERM);
}

static void
put_sockets(struct program *p, const struct confine *confine)
{
	if (confine->connect_port != 0) {
		put_calls(p, connecting, nitems(connecting));
		put_rows(p, resolving, nitems(resolving), SECCOMP_RET_ALLOW);
		put_rows(p, connecting_by_one, nitems(connecting_by_one),
		    SECCOMP_RET_ALLOW);
	}
	if (confine->serves) {
		put_calls(p, serving, nitems(serving));
		put_rows(p, serving_by_one, nitems(serving_by_one),
		    SECCOMP_RET_ALLOW);
	}
	if (confine->connect_port != 0 || confine->serves)
		put_rows(p, talking_by_one, nitems(talking_by_one),
		    SECCOMP_RET_ALLOW);
}

bool
confine_calls(const struct confine *confine)
{
	struct program p = { .n = 0 };
	struct sock_fprog program = { .filter = p.code };

	put_head(&p);
	put_rows(&p, refused, nitems(refused), SECCOMP_RET_ERRNO | EPERM);
	put_calls(&p, always, nitems(always));
	put_rows(&p, limited, nitems(limited), SECCOMP_RET_ALLOW);
	if (confine->keyring)
		put_calls(&p, keeping, nitems(keeping));
	if (changes(confine))
		put_calls(&p, changing, nitems(changing));
	put_sockets(&p, confine);
	if (confine->may_clone)
		put_rows(&p, cloning, nitems(cloning), SECCOMP_RET_ALLOW);
	put_rows(&p, unseen, nitems(unseen), SECCOMP_RET_ERRNO | ENOSYS);
	put_calls(&p, sanitizing, nitems(sanitizing));
	put_tail(&p);
	program.len = p.n;
	/* Full: the end would be missing, and the kernel refuses that. */
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}
#else
bool
confine_calls(const struct confine *confine)
{
	(void)confine; /* an architecture without a table of its numbers */
	return false;
}
#endif
