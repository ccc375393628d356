/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fence - what a process that drives one device may still do. As a reader's,
 * and besides: a relay's guard is a second process of our own, and a printer
 * keeps its log, which is one file and not the directory that it lies in.
 */
#include "parts.h"

#include <string.h>

void
actuator_confine(enum actuator_role role, const struct device *device,
    const struct actuator_options *options)
{
	const struct confine_path more[] = {
		{ options->log, CONFINE_READ | CONFINE_UPDATE },
		{ options->sounds, CONFINE_READ },
		/* A file that stands for a printer is made when it is not
		 * there; in /dev nothing is ever made. */
		{ device->transport == TRANSPORT_LP &&
			strncmp(device->path, "/dev/", 5) != 0 ? device->path :
			NULL, CONFINE_UPDATE | CONFINE_BESIDE },
		/* The tone of last resort: our terminal's bell. */
		{ role == ACTUATOR_SOUND ? "/dev" : NULL, CONFINE_DEVICE },
	};

	printlog_prepare(options->log);
	reader_confine_with("drive", device, &(struct confine){
	    .paths = more, .npaths = nitems(more),
	    .may_clone = role == ACTUATOR_RELAY });
}
