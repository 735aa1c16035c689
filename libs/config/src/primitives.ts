import { z } from "zod";

// Shapes that every slice of the configuration uses.

export const address = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, "must be host:port")
  .refine((value) => Number(value.slice(value.lastIndexOf(":") + 1)) <= 65_535, "must have a port of at most 65535");
export const positiveInt = z.int().positive();
/** At most what a timer can be set for, some 25 days: a longer one would go off at once. */
export const milliseconds = positiveInt.max(2_147_483_647);
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/, "must be 1 to 128 letters, digits or . _ : / -");

/** A share of what is divided among several: 3 gets three times as much as 1. */
export const weight = z.number().positive().max(1_000);
export const fraction = z.number().min(0).max(1);
