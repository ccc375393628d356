/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hub - the door, and the process that keeps the workers: it serves nobody
 * itself, starts again what ended, and makes tables for the days to come.
 */
#include "parts.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAYS_EVERY_MS (3600 * 1000)
#define RESTART_MS 1000
#define BACKLOG 1024

struct hub {
	const struct hub_options *options;
	struct loop *loop;
	int listen_fd;
	pid_t workers[HUB_WORKERS_MAX]; /* 0: ended */
	bool ending;
};

static void start_workers(void *arg);

/* ---- workers ------------------------------------------------------------------- */

static void
start_worker(struct hub *hub, int i)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0) {
		log_line(loop_wall(hub->loop), LOG_LEVEL_FAULT, "fork: %s",
		    strerror(errno));
	} else if (pid > 0) {
		hub->workers[i] = pid;
	} else {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			_exit(0);
		loop_free(hub->loop);
		_exit(worker_run(hub->options, hub->listen_fd));
	}
}

static void
start_workers(void *arg)
{
	struct hub *hub = arg;
	bool all = true;

	for (int i = 0; i < hub->options->workers && !hub->ending; i++) {
		if (hub->workers[i] == 0)
			start_worker(hub, i);
		all = all && hub->workers[i] != 0;
	}
	if (!all && !hub->ending)
		loop_at(hub->loop, loop_now_ms(hub->loop) + RESTART_MS,
		    start_workers, hub);
}

static void
tell_workers(const struct hub *hub, int signo)
{
	for (int i = 0; i < hub->options->workers; i++)
		if (hub->workers[i] != 0)
			kill(hub->workers[i], signo);
}

static bool
any_worker(const struct hub *hub)
{
	for (int i = 0; i < hub->options->workers; i++)
		if (hub->workers[i] != 0)
			return true;
	return false;
}

static void
note_end(struct hub *hub, pid_t pid, int status)
{
	for (int i = 0; i < hub->options->workers; i++)
		if (hub->workers[i] == pid)
			hub->workers[i] = 0;
	if (WIFSIGNALED(status))
		log_line(loop_wall(hub->loop), LOG_LEVEL_FAULT,
		    "worker %d: signal %d", (int)pid, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		log_line(loop_wall(hub->loop), LOG_LEVEL_FAULT,
		    "worker %d: status %d", (int)pid, WEXITSTATUS(status));
}

static void
on_child(void *arg, int signo)
{
	struct hub *hub = arg;
	bool well = true;
	int status;
	pid_t pid;

	(void)signo;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		note_end(hub, pid, status);
		well = well && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	if (!hub->ending)
		loop_at(hub->loop, loop_now_ms(hub->loop) +
		    (well ? 0 : RESTART_MS), start_workers, hub);
	else if (!any_worker(hub))
		loop_stop(hub->loop);
}

static void
on_end(void *arg, int signo)
{
	struct hub *hub = arg;

	(void)signo;
	hub->ending = true;
	close(hub->listen_fd);
	hub->listen_fd = -1;
	tell_workers(hub, SIGTERM);
	if (!any_worker(hub))
		loop_stop(hub->loop);
}

/* New keys and certificates: workers end, their successors read them. */
static void
on_hangup(void *arg, int signo)
{
	(void)signo;
	tell_workers(arg, SIGTERM);
}

/* ---- days ------------------------------------------------------------------------ */

static int
make_days(const struct hub_options *options, bool check, struct err *err)
{
	struct db *db = db_new(options->database);
	int ret = check ? migrate_check(db, err) : 0;

	if (ret == 0)
		ret = db_call(db, "SELECT hub.make_day(hub.today() + i) "
		    "FROM generate_series(0, 3) i", NULL, 0, NULL, NULL, err);
	db_free(db);
	return ret;
}

static void
on_hour(void *arg)
{
	struct hub *hub = arg;
	struct err err = { 0 };

	if (make_days(hub->options, false, &err) < 0)
		log_line(loop_wall(hub->loop), LOG_LEVEL_FAULT, "%s",
		    err.text);
	loop_at(hub->loop, loop_now_ms(hub->loop) + DAYS_EVERY_MS, on_hour,
	    hub);
}

/* ---- door -------------------------------------------------------------------------- */

static void
print_address(int fd, char out[80])
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);
	const struct sockaddr_in *v4 = (const void *)&address;
	const struct sockaddr_in6 *v6 = (const void *)&address;
	char text[INET6_ADDRSTRLEN] = "?";

	getsockname(fd, (void *)&address, &len);
	if (address.ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
		snprintf(out, 80, "[%s]:%d", text, ntohs(v6->sin6_port));
	} else {
		inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
		snprintf(out, 80, "%s:%d", text, ntohs(v4->sin_port));
	}
}

static int
check_keys(const struct hub_options *options, size_t *count, struct err *err)
{
	struct keys *keys = keys_load(options->keys, options->sign, err);

	struct ca *ca = NULL;
	int ret;

	if (keys == NULL)
		return -1;
	*count = keys_count(keys);
	keys_free(keys);
	ret = enrol_load(options, &ca, err);
	ca_free(ca);
	return ret;
}

static void
more_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int
serve(struct hub *hub, size_t keys, struct err *err)
{
	static const struct {
		int signo;
		loop_signal_fn fn;
	} signals[] = { { SIGCHLD, on_child }, { SIGTERM, on_end },
		{ SIGINT, on_end }, { SIGHUP, on_hangup } };
	char address[80];

	for (size_t i = 0; i < nitems(signals); i++)
		if (loop_signal(hub->loop, signals[i].signo, signals[i].fn,
		    hub, err) < 0)
			return -1;
	print_address(hub->listen_fd, address);
	log_line(loop_wall(hub->loop), LOG_LEVEL_INFO,
	    "serving on %s, %d workers, %zu keys", address,
	    hub->options->workers, keys);
	start_workers(hub);
	loop_at(hub->loop, loop_now_ms(hub->loop) + DAYS_EVERY_MS, on_hour,
	    hub);
	return loop_run(hub->loop, err);
}

int
hub_run(const struct hub_options *options, struct err *err)
{
	struct hub hub = { .options = options, .listen_fd = -1 };
	size_t keys;
	int ret = -1;

	signal(SIGPIPE, SIG_IGN);
	more_descriptors();
	if (check_keys(options, &keys, err) < 0 ||
	    make_days(options, true, err) < 0)
		return -1;
	hub.listen_fd = socket_listen(options->listen, BACKLOG, err);
	if (hub.listen_fd < 0)
		return -1;
	hub.loop = loop_new(err);
	if (hub.loop != NULL)
		ret = serve(&hub, keys, err);
	if (hub.loop != NULL && ret == 0)
		log_line(loop_wall(hub.loop), LOG_LEVEL_INFO, "ended");
	loop_free(hub.loop);
	if (hub.listen_fd >= 0)
		close(hub.listen_fd);
	return ret;
}

int
hub_migrate(const char *database, FILE *out, struct err *err)
{
	struct db *db = db_new(database);
	int ret = migrate_all(db, out, err);

	db_free(db);
	return ret;
}
