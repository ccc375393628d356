/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox_road - the part of chot outbox that is about the way to the hub:
 * what it refused, and the bundles on a USB stick.
 */
#ifndef OUTBOX_ROAD_H
#define OUTBOX_ROAD_H

#include "parts.h"

struct road_call {
	const struct conf *conf;
	bool json, retry;
	char **words; /* behind the verb */
	int nwords;
};

int road_refused(const struct road_call *call, struct err *err);
int road_export(const struct road_call *call, struct err *err);
int road_salvage(const struct road_call *call, struct err *err);
int road_import(const struct road_call *call, struct err *err);

#endif
