/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * landlock - which files a process may still open, by the kernel's Landlock.
 *
 * By system calls, since libc has no functions for them, and with constants
 * of our own for what is younger than Debian 12's headers. A right that the
 * running kernel does not know is left out: the older the kernel, the less is
 * fenced off (5.13 files, 6.2 truncation, 6.7 TCP, 6.10 ioctl on devices,
 * 6.12 signals).
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FS_REFER (1ull << 13)     /* ABI 2 */
#define FS_TRUNCATE (1ull << 14)  /* ABI 3 */
#define FS_IOCTL_DEV (1ull << 15) /* ABI 5 */
#define FS_ABI_1 ((1ull << 13) - 1)
#define NET_BIND (1ull << 0)    /* ABI 4 */
#define NET_CONNECT (1ull << 1)
#define RULE_NET_PORT 2
#define SCOPE_ABSTRACT_SOCKET (1ull << 0) /* ABI 6 */
#define SCOPE_SIGNAL (1ull << 1)
#define DNS_PORT 53 /* a long answer comes by TCP */

struct ruleset { /* of ABI 6; an older kernel gets the beginning */
	uint64_t fs, net, scoped;
};

struct port_rule {
	uint64_t access, port;
};

/* What a right of confine_path is to Landlock. */
static const struct {
	unsigned right;
	uint64_t access;
} meanings[] = {
	{ CONFINE_READ, LANDLOCK_ACCESS_FS_READ_FILE |
		LANDLOCK_ACCESS_FS_READ_DIR },
	{ CONFINE_UPDATE, LANDLOCK_ACCESS_FS_READ_FILE |
		LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE |
		LANDLOCK_ACCESS_FS_MAKE_REG | FS_TRUNCATE },
	{ CONFINE_REMOVE, LANDLOCK_ACCESS_FS_REMOVE_FILE },
	{ CONFINE_FOLDERS, LANDLOCK_ACCESS_FS_MAKE_DIR |
		LANDLOCK_ACCESS_FS_REMOVE_DIR },
	{ CONFINE_DEVICE, LANDLOCK_ACCESS_FS_READ_FILE |
		LANDLOCK_ACCESS_FS_WRITE_FILE | FS_IOCTL_DEV },
};

#define FS_OF_A_FILE (LANDLOCK_ACCESS_FS_EXECUTE | \
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
    FS_TRUNCATE | FS_IOCTL_DEV)

int
confine_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

static uint64_t
known_fs(int abi)
{
	return FS_ABI_1 | (abi >= 2 ? FS_REFER : 0) |
	    (abi >= 3 ? FS_TRUNCATE : 0) | (abi >= 5 ? FS_IOCTL_DEV : 0);
}

static int
create(int abi, int connect_port)
{
	struct ruleset set = { .fs = known_fs(abi) };
	size_t size = sizeof(set.fs);

	if (abi >= 4) {
		set.net = NET_BIND;
		if (connect_port != CONFINE_ANY_PORT)
			set.net |= NET_CONNECT;
		size = offsetof(struct ruleset, scoped);
	}
	if (abi >= 6) {
		set.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
		size = sizeof(set);
	}
	return (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
}

static void
beside(const char *path, char out[PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		snprintf(out, PATH_MAX, ".");
	else
		snprintf(out, PATH_MAX, "%.*s", (int)(slash - path + 1), path);
}

/* What is not there needs no rule: it cannot be opened either way. */
static void
allow_path(int set, int abi, const struct confine_path *path)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = 0 };
	char place[PATH_MAX];
	struct stat st;
	int fd;

	if (path->path == NULL || path->path[0] == '\0')
		return;
	if (path->rights & CONFINE_BESIDE)
		beside(path->path, place);
	else
		snprintf(place, sizeof(place), "%s", path->path);
	fd = open(place, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return;
	for (size_t i = 0; i < nitems(meanings); i++)
		if (path->rights & meanings[i].right)
			rule.allowed_access |= meanings[i].access;
	rule.allowed_access &= known_fs(abi);
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= FS_OF_A_FILE;
	rule.parent_fd = fd;
	syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule,
	    0);
	close(fd);
}

static void
allow_port(int set, int abi, int port)
{
	const struct port_rule rules[] = { { NET_CONNECT, (uint64_t)port },
		{ NET_CONNECT, DNS_PORT } };

	for (size_t i = 0; abi >= 4 && port > 0 && i < nitems(rules); i++)
		syscall(SYS_landlock_add_rule, set, RULE_NET_PORT, &rules[i],
		    0);
}

/* With a network: the resolver's settings and the libraries it loads, and
 * the certificates that names are proved by. */
static const struct confine_path resolver[] = {
	{ "/etc", CONFINE_READ },
	{ "/lib", CONFINE_READ },
	{ "/usr/lib", CONFINE_READ },
	{ "/run/systemd/resolve", CONFINE_READ },
	{ "/usr/share/ca-certificates", CONFINE_READ },
	{ "/usr/local/share/ca-certificates", CONFINE_READ },
};

int
confine_files(const struct confine *confine)
{
	int abi = confine_abi();
	int set = abi > 0 ? create(abi, confine->connect_port) : -1;

	if (set < 0)
		return 0;
	for (size_t i = 0; i < confine->npaths; i++)
		allow_path(set, abi, &confine->paths[i]);
	for (size_t i = 0; confine->connect_port != 0 && i < nitems(resolver);
	    i++)
		allow_path(set, abi, &resolver[i]);
#if defined(__SANITIZE_ADDRESS__)
	/* A report names its functions by what it reads here. */
	allow_path(set, abi, &(struct confine_path){ "/proc", CONFINE_READ });
#endif
	allow_port(set, abi, confine->connect_port);
	if (syscall(SYS_landlock_restrict_self, set, 0) != 0)
		abi = 0;
	close(set);
	return abi;
}
