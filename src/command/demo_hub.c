/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * demo_hub - a hub beside the demo post: chot-hub run --demo, which makes
 * itself a PostgreSQL, a CA and keys, tells what belongs into the post's
 * configuration, and takes all of it away when it is told to end. Its keys
 * lie beside its CA.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define START_TURNS 600 /* of 100 ms: initdb on a slow card */
#define LOG_BYTES_MAX 65536
#define KEY_BYTES_MAX 4096

/* Beside chot where it was built, else where it was installed. */
static void
find_program(char path[PATH_MAX])
{
	const char *self = command_self(), *end = strrchr(self, '/');

	if (end != NULL && snprintf(path, PATH_MAX, "%.*s/chot-hub",
	    (int)(end - self), self) < PATH_MAX && access(path, X_OK) == 0)
		return;
	snprintf(path, PATH_MAX, "chot-hub");
}

static void
run_program(const char *log, pid_t parent)
{
	char program[PATH_MAX];
	int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (fd < 0 || getppid() != parent)
		_exit(EX_UNAVAILABLE);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	/* Ctrl-C is for the post; the hub goes when the post has gone. */
	setpgid(0, 0);
	find_program(program);
	execlp(program, "chot-hub", "run", "--demo", "--listen", "127.0.0.1:0",
	    "--workers", "1", (char *)NULL);
	dprintf(STDERR_FILENO, "chot-hub: %s: %s\n", program, strerror(errno));
	_exit(EX_UNAVAILABLE);
}

/* "serving on 127.0.0.1:43210," */
static bool
read_port(const char *text, char port[8])
{
	const char *at = strstr(text, "serving on 127.0.0.1:");

	return at != NULL && sscanf(at, "serving on 127.0.0.1:%7[0-9]",
	    port) == 1;
}

/* What it says of hub{}, with the port that it got. */
static int
take_lines(const char *text, char **lines, struct err *err)
{
	static const char zero[] = "127.0.0.1:0\"";
	const char *at = strstr(text, "\nhub {"), *end, *place;
	char port[8] = "";

	end = at != NULL ? strchr(at, '}') : NULL;
	place = at != NULL ? strstr(at, zero) : NULL;
	if (end == NULL || place == NULL || place > end ||
	    !read_port(text, port))
		return err_set(err, ERR_ABSENT,
		    _("the hub said nothing of its address"));
	if (asprintf(lines, "%.*s127.0.0.1:%s\"%.*s}\n", (int)(place - at), at,
	    port, (int)(end - place - (ptrdiff_t)strlen(zero)),
	    place + strlen(zero)) < 0)
		mem_none();
	return 0;
}

/* The last line of the log says why it ended. */
static int
ended(const char *text, struct err *err)
{
	char clean[200];
	size_t n = strlen(text), from;

	while (n > 0 && text[n - 1] == '\n')
		n--;
	for (from = n; from > 0 && text[from - 1] != '\n'; from--)
		;
	text_clean(text + from, n - from, clean, sizeof(clean) - 1);
	return err_set(err, ERR_ABSENT, _("the hub did not start: %s"), clean);
}

static int
await(pid_t pid, const char *log, char **lines, struct err *err)
{
	int ret = 1;

	for (int turn = 0; ret > 0 && turn < START_TURNS; turn++) {
		bool gone = waitpid(pid, NULL, WNOHANG) == pid;
		size_t n;
		char *text, port[8];

		text = file_read(log, LOG_BYTES_MAX, &n, NULL);
		if (text != NULL && read_port(text, port))
			ret = take_lines(text, lines, err);
		else if (gone)
			ret = ended(text != NULL ? text : "", err);
		free(text);
		if (ret > 0)
			nanosleep(&(struct timespec){ .tv_nsec = 100000000 },
			    NULL);
	}
	return ret <= 0 ? ret :
	    err_set(err, ERR_ABSENT, _("the hub takes too long to start"));
}

pid_t
demo_hub_start(const char *dir, char **lines, struct err *err)
{
	pid_t pid, parent = getpid();
	char log[PATH_MAX];

	snprintf(log, sizeof(log), "%s/hub.log", dir);
	unlink(log);
	fprintf(stderr, "chot demo: %s\n",
	    _("starting a hub and its database"));
	pid = fork();
	if (pid < 0)
		return err_set(err, ERR_RETRY, "fork: %s", strerror(errno));
	if (pid == 0)
		run_program(log, parent);
	if (await(pid, log, lines, err) == 0)
		return pid;
	demo_hub_stop(pid);
	return -1;
}

int
demo_hub_keys(const char *lines, const char *keys_dir, struct err *err)
{
	static const char *const names[] = { "lists.pub", "register.key" };
	const char *begin = strstr(lines, "ca = \""), *end;
	int ret = 0;

	begin = begin != NULL ? begin + strlen("ca = \"") : lines;
	end = strstr(begin, "/ca.pem\"");
	if (end == NULL)
		return err_set(err, ERR_ABSENT,
		    _("the hub said nothing of its address"));
	for (size_t i = 0; ret == 0 && i < nitems(names); i++) {
		char path[PATH_MAX], *bytes;
		size_t n;

		snprintf(path, sizeof(path), "%.*s/%s", (int)(end - begin),
		    begin, names[i]);
		bytes = file_read(path, KEY_BYTES_MAX, &n, err);
		snprintf(path, sizeof(path), "%s/%s", keys_dir, names[i]);
		ret = bytes == NULL ? -1 :
		    file_write(path, bytes, n, 0600, false, err);
		free(bytes);
	}
	return ret;
}

void
demo_hub_stop(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGTERM);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
