/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * faultlib - preloaded, lets memory run out and writes come up short, or puts
 * another recorder in the place of the station's.
 *
 *	FAULT_MALLOC=N    the N-th request for memory is refused; N+ and all
 *	                  that follow
 *	FAULT_SHORT=N     the N-th write of two bytes or more writes one byte;
 *	                  N+ and all that follow
 *	FAULT_LOG=FILE    gets a line for each fault, so that the test knows
 *	                  when N is behind the end of the program, and the
 *	                  file name of the library that a SIGSEGV was in
 *	FAULT_NAME=WORD   only in the process whose second argument that is
 *	                  ("recorder"); the others go undisturbed
 *	FAULT_RECORDER=PROGRAM  is what the station starts as its recorder,
 *	                  for a test that must find this one out
 *
 * Each process counts for itself, from its main() on.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

struct fault {
	long at, seen; /* at 0: none */
	bool always;
};

static struct fault memory, writing;
static int log_fd = -1;

static struct fault
fault_of(const char *name)
{
	const char *text = getenv(name);
	struct fault fault = { 0 };
	char *end;

	if (text == NULL)
		return fault;
	fault.at = strtol(text, &end, 10);
	fault.always = *end == '+';
	return fault;
}

static void
log_words(const char *words)
{
	ssize_t (*next)(int, const void *, size_t) =
	    (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");

	if (log_fd >= 0) {
		next(log_fd, words, strlen(words));
		next(log_fd, "\n", 1);
	}
}

/* Where it happened; then it happens again, without us. */
static void
on_crash(int signo, siginfo_t *info, void *context)
{
	const ucontext_t *at = context;
	Dl_info where;
	void *pc = NULL;

	(void)signo;
	(void)info;
#if defined(__x86_64__)
	pc = (void *)at->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
	pc = (void *)at->uc_mcontext.pc;
#elif defined(__arm__)
	pc = (void *)at->uc_mcontext.arm_pc;
#else
	(void)at;
#endif
	log_words(dladdr(pc, &where) != 0 ? where.dli_fname : "nowhere");
}

static bool
wanted_here(int argc, char **argv)
{
	const char *name = getenv("FAULT_NAME");

	return name == NULL || (argc > 1 && strcmp(argv[1], name) == 0);
}

__attribute__((constructor)) static void
start(int argc, char **argv)
{
	const char *path = getenv("FAULT_LOG");

	struct sigaction crash = { .sa_sigaction = on_crash,
		.sa_flags = SA_SIGINFO | SA_RESETHAND };

	if (!wanted_here(argc, argv))
		return;
	sigaction(SIGSEGV, &crash, NULL);
	if (path != NULL)
		log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
		    0600);
	writing = fault_of("FAULT_SHORT");
	memory = fault_of("FAULT_MALLOC");
}

static bool
strikes(struct fault *fault)
{
	int saved = errno;

	if (fault->at == 0 || (++fault->seen != fault->at &&
	    !(fault->always && fault->seen > fault->at)))
		return false;
	log_words("fault");
	errno = saved;
	return true;
}

static bool
refused(void)
{
	if (!strikes(&memory))
		return false;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t size)
{
	return refused() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return refused() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	return refused() ? NULL : __libc_realloc(old, size);
}

static size_t
length(size_t size)
{
	return size > 1 && strikes(&writing) ? 1 : size;
}

ssize_t
write(int fd, const void *bytes, size_t size)
{
	ssize_t (*next)(int, const void *, size_t) =
	    (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");

	return next(fd, bytes, length(size));
}

ssize_t
pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
	ssize_t (*next)(int, const void *, size_t, off64_t) =
	    (ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT,
	    "pwrite64");

	return next(fd, bytes, length(size), at);
}

int
execv(const char *path, char *const argv[])
{
	int (*next)(const char *, char *const *) =
	    (int (*)(const char *, char *const *))dlsym(RTLD_NEXT, "execv");
	const char *other = getenv("FAULT_RECORDER");

	if (other != NULL && argv[0] != NULL && argv[1] != NULL &&
	    strcmp(argv[1], "recorder") == 0)
		path = other;
	return next(path, argv);
}
