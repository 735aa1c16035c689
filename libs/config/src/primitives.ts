import { z } from "zod";

// Shapes that every slice of the configuration uses.

export const address = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, "must be host:port")
  .refine((value) => Number(value.slice(value.lastIndexOf(":") + 1)) <= 65_535, "must have a port of at most 65535");
export const positiveInt = z.int().positive();
export const milliseconds = positiveInt;
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/, "must be 1 to 128 letters, digits or . _ : / -");

/** A share of what is divided among several: 3 gets three times as much as 1. */
export const weight = z.number().positive().max(1_000);
export const fraction = z.number().min(0).max(1);
