/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peers.h"

bool
peer_start(struct peer *peer, const char *name, const char *program)
{
	int to[2], from[2];

	peer->name = NULL;
	if (access(program, X_OK) != 0 || pipe(to) != 0)
		return false;
	if (pipe(from) != 0)
		return false;
	peer->pid = fork();
	if (peer->pid == 0) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		for (int fd = 3; fd < 64; fd++)
			close(fd);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	peer->to = fdopen(to[1], "w");
	peer->from = fdopen(from[0], "r");
	if (peer->pid < 0 || peer->to == NULL || peer->from == NULL)
		return false;
	signal(SIGPIPE, SIG_IGN);
	peer->name = name;
	return true;
}

static void
add_hex(struct codes *codes, const char *word)
{
	unsigned char bytes[CODE_BYTES_MAX];
	size_t n = 0;
	unsigned byte;

	for (; n < sizeof(bytes) && sscanf(word, "%2x", &byte) == 1; word += 2)
		bytes[n++] = (unsigned char)byte;
	codes_add(codes, "qr", bytes, n);
}

bool
peer_read(struct peer *peer, const struct grey *grey, struct codes *codes,
    double *ms)
{
	static char line[CODES_MAX * 2 * (CODE_BYTES_MAX + 1) + 64];
	size_t n = (size_t)grey->width * (size_t)grey->height;

	fprintf(peer->to, "P5 %d %d 255\n", grey->width, grey->height);
	if (fwrite(grey->pixels, 1, n, peer->to) != n ||
	    fflush(peer->to) != 0 ||
	    fgets(line, sizeof(line), peer->from) == NULL) {
		fprintf(stderr, "%s has ended\n", peer->name);
		peer_end(peer);
		return false;
	}
	codes->count = 0;
	*ms = strtod(strtok(line, " \n"), NULL);
	for (const char *word; (word = strtok(NULL, " \n")) != NULL; )
		add_hex(codes, word);
	return true;
}

void
peer_end(struct peer *peer)
{
	if (peer->name == NULL)
		return;
	peer->name = NULL;
	fclose(peer->to);
	fclose(peer->from);
	waitpid(peer->pid, NULL, 0);
}
