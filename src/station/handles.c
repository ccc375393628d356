/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * handles - what may be turned at the machine from the page of the post: how
 * bright the screen is, and the site's own commands for volume and power.
 */
#include "parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LEVEL_MIN 10 /* percent: darker, nobody finds the key again */
#define COMMAND_MAX (CONF_PATH_MAX + 16)

/* ---- brightness ----------------------------------------------------------------- */

/* The first backlight there is: a post has one screen. */
static bool
backlight(const char *root, char path[PATH_MAX])
{
	char dir_path[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(dir_path, sizeof(dir_path), "%s/sys/class/backlight", root);
	dir = opendir(dir_path);
	while (dir != NULL && !found && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			found = snprintf(path, PATH_MAX, "%s/%s", dir_path,
			    entry->d_name) < PATH_MAX;
	if (dir != NULL)
		closedir(dir);
	return found;
}

static long
read_number(const char *dir, const char *name)
{
	char path[PATH_MAX], *text;
	long number = -1;
	size_t n;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path))
		return -1;
	text = file_read(path, 64, &n, NULL);
	if (text != NULL && text[0] >= '0' && text[0] <= '9')
		number = strtol(text, NULL, 10);
	free(text);
	return number;
}

int
handles_brightness(const char *root)
{
	char dir[PATH_MAX];
	long now, most;

	if (!backlight(root, dir))
		return -1;
	now = read_number(dir, "brightness");
	most = read_number(dir, "max_brightness");
	return now < 0 || most < 1 || now > most ? -1 :
	    (int)(now * 100 / most);
}

/* -1: this user may not, or there is none. */
int
handles_set_brightness(const char *root, int percent, struct err *err)
{
	char dir[PATH_MAX], path[PATH_MAX + 16], text[32];
	long most;
	int fd, n;

	if (!backlight(root, dir) ||
	    (most = read_number(dir, "max_brightness")) < 1)
		return err_set(err, ERR_ABSENT, _("this screen has no brightness to set"));
	percent = percent < LEVEL_MIN ? LEVEL_MIN : percent > 100 ? 100 :
	    percent;
	n = snprintf(text, sizeof(text), "%ld\n",
	    (most * percent + 50) / 100);
	snprintf(path, sizeof(path), "%s/brightness", dir);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, (size_t)n) != n) {
		err_set(err, ERR_DENIED, _("the brightness cannot be set here"));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

/* ---- commands of the site ------------------------------------------------------------ */

static _Noreturn void
become_shell(const char *command)
{
	sigset_t none;
	int null = open("/dev/null", O_RDWR);

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int fd = 0; fd < 3 && null >= 0; fd++)
		dup2(null, fd);
	setsid();
	if (fork() == 0)
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(0);
}

/* Not waited for: it is a grandchild, which init takes. */
bool
handles_run(const char *command)
{
	pid_t pid;

	if (command[0] == '\0')
		return false;
	pid = fork();
	if (pid == 0)
		become_shell(command);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return pid > 0;
}

bool
handles_set_volume(const char *command, int percent)
{
	char text[COMMAND_MAX];
	const char *at = strstr(command, "{}");

	if (at == NULL)
		return false;
	snprintf(text, sizeof(text), "%.*s%d%s", (int)(at - command), command,
	    percent, at + 2);
	return handles_run(text);
}
