/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * faultlib - preloaded, lets memory run out and writes come up short, or puts
 * another recorder in the place of the station's.
 *
 *	FAULT_MALLOC=N    the N-th request for memory is refused; N+ and all
 *	                  that follow
 *	FAULT_EACH=PREFIX for each number that comes on standard input, a child
 *	                  whose request of that number is refused begins its
 *	                  main(), with PREFIXin, PREFIXgot and PREFIXsaid for
 *	                  what it reads and prints. "STATUS SUM" comes back:
 *	                  what the shell would call its end, and a sum of that,
 *	                  what it printed and the log: for equal sums one
 *	                  judgement will do. It is started once for all of them
 *	FAULT_LIST=FILE   gets "N STACK" for each request for memory, STACK
 *	                  being where in the programs it was called from, so
 *	                  that a test need not refuse the same one for ever
 *	FAULT_SHORT=N     the N-th write of two bytes or more writes one byte;
 *	                  N+ and all that follow
 *	FAULT_SYNC_MS=N   a disk that takes N ms longer for each sync
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
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define STACK_MAX 64
#define EACH_S 60 /* then a child hangs */
#define SUM_START 14695981039346656037u
#define SUM_PRIME 1099511628211u

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

struct fault {
	long at, seen; /* at 0: none */
	bool always;
};

static struct fault memory, writing;
static int log_fd = -1, list_fd = -1;
static struct timespec sync_delay;

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
put_line(int fd, const char *words)
{
	ssize_t (*next)(int, const void *, size_t) =
	    (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");

	if (fd >= 0) {
		next(fd, words, strlen(words));
		next(fd, "\n", 1);
	}
}

static int
file_of(const char *name)
{
	const char *path = getenv(name);

	return path == NULL ? -1 :
	    open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* The same for the same callers, wherever the kernel has put them. */
static uint64_t
stack_here(void)
{
	void *frames[STACK_MAX];
	struct dl_find_object object;
	uint64_t sum = SUM_START;
	int n = backtrace(frames, STACK_MAX);

	for (int i = 2; i < n; i++) {
		uintptr_t at = (uintptr_t)frames[i];

		if (_dl_find_object(frames[i], &object) == 0)
			at -= (uintptr_t)object.dlfo_map_start;
		sum = (sum ^ at) * SUM_PRIME;
	}
	return sum;
}

static void
list_request(void)
{
	static bool listing; /* backtrace() may ask for memory itself */
	static long number;
	char line[48];

	if (listing)
		return;
	listing = true;
	snprintf(line, sizeof(line), "%ld %016jx", ++number,
	    (uintmax_t)stack_here());
	put_line(list_fd, line);
	listing = false;
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
	put_line(log_fd, dladdr(pc, &where) != 0 ? where.dli_fname :
	    "nowhere");
}

static bool
wanted_here(int argc, char **argv)
{
	const char *name = getenv("FAULT_NAME");

	return name == NULL || (argc > 1 && strcmp(argv[1], name) == 0);
}

static void
put_at(int fd, const char *prefix, const char *name, int flags)
{
	char path[4096];
	int opened;

	snprintf(path, sizeof(path), "%s%s", prefix, name);
	opened = open(path, flags, 0600);
	if (opened < 0 || dup2(opened, fd) < 0)
		_exit(127);
	if (opened != fd)
		close(opened);
}

/* The child that goes on to its main(). */
static void
begin(const char *prefix, long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", number);
	put_at(STDIN_FILENO, prefix, "in", O_RDONLY);
	put_at(STDOUT_FILENO, prefix, "got", O_WRONLY | O_CREAT | O_TRUNC);
	put_at(STDERR_FILENO, prefix, "said", O_WRONLY | O_CREAT | O_TRUNC);
	unsetenv("FAULT_EACH");
	setenv("FAULT_MALLOC", text, 1); /* what it starts, too */
	memory.at = number;
	alarm(EACH_S);
}

static uint64_t
sum_of(uint64_t sum, const char *path)
{
	unsigned char bytes[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < n; i++)
			sum = (sum ^ bytes[i]) * SUM_PRIME;
	close(fd);
	return (sum ^ 0x100) * SUM_PRIME; /* where it ended */
}

static void
tell_end(const char *prefix, int how)
{
	static const char *const names[] = { "got", "said" };
	int status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
	uint64_t sum = SUM_START ^ (unsigned)status;
	char path[4096];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s%s", prefix, names[i]);
		sum = sum_of(sum, path);
	}
	sum = sum_of(sum, getenv("FAULT_LOG"));
	snprintf(path, sizeof(path), "%d %016jx", status, (uintmax_t)sum);
	put_line(STDOUT_FILENO, path);
}

static long
read_number(void)
{
	long number = 0;
	char c;

	while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
		number = number * 10 + (c - '0');
	return number;
}

/* Returns in each child. */
static void
serve(const char *prefix)
{
	long number;
	int how;

	while ((number = read_number()) > 0) {
		pid_t child = fork();

		if (child == 0) {
			begin(prefix, number);
			return;
		}
		if (child < 0 || waitpid(child, &how, 0) < 0)
			_exit(127);
		tell_end(prefix, how);
	}
	_exit(0);
}

__attribute__((constructor)) static void
start(int argc, char **argv)
{
	struct sigaction crash = { .sa_sigaction = on_crash,
		.sa_flags = SA_SIGINFO | SA_RESETHAND };

	if (!wanted_here(argc, argv))
		return;
	sigaction(SIGSEGV, &crash, NULL);
	log_fd = file_of("FAULT_LOG");
	list_fd = file_of("FAULT_LIST");
	writing = fault_of("FAULT_SHORT");
	memory = fault_of("FAULT_MALLOC");
	sync_delay.tv_sec = fault_of("FAULT_SYNC_MS").at / 1000;
	sync_delay.tv_nsec = fault_of("FAULT_SYNC_MS").at % 1000 * 1000000;
	if (getenv("FAULT_EACH") != NULL)
		serve(getenv("FAULT_EACH"));
}

static bool
strikes(struct fault *fault)
{
	int saved = errno;

	if (fault->at == 0 || (++fault->seen != fault->at &&
	    !(fault->always && fault->seen > fault->at)))
		return false;
	put_line(log_fd, "fault");
	errno = saved;
	return true;
}

static bool
refused(void)
{
	int saved = errno;

	if (list_fd >= 0)
		list_request();
	errno = saved;
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

static int
sync_late(const char *call, int fd)
{
	int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, call);

	nanosleep(&sync_delay, NULL);
	return next(fd);
}

int
fdatasync(int fd)
{
	return sync_late("fdatasync", fd);
}

int
fsync(int fd)
{
	return sync_late("fsync", fd);
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
