/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a configuration: taken and printed back, or refused. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf.h"

/* What conf_load() does apart, where libFuzzer would see nothing. */
int conf_read(const char *path, struct conf *conf, struct err *err);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
load(const void *data, size_t size, struct conf *conf, struct err *err)
{
	char path[64];
	int fd = memfd_create("conf", MFD_CLOEXEC), done;

	assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	done = conf_read(path, conf, err);
	close(fd);
	return done;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct conf conf, again;
	struct err err = { .text = "" };
	char *text = NULL;
	size_t n;
	FILE *out;

	if (load(data, size, &conf, &err) < 0) {
		assert(strstr(err.text, ":") != NULL);
		return 0;
	}
	out = open_memstream(&text, &n);
	conf_print(&conf, out);
	fclose(out);
	/* What was taken can be printed and is taken again. */
	if (load(text, n, &again, &err) < 0)
		abort();
	free(text);
	return 0;
}
