import { HealthDefinition, HealthServiceImpl, HealthState } from "nice-grpc-server-health";

/** The name under which health is asked for by whoever ends processes: serving as long as the event loop turns. */
export const livenessName = "liveness";

/** How often those who watch are told of a change that nobody announced, in milliseconds. */
const watchIntervalMs = 500;

/** grpc.health.v1 as a service; disposing it ends the calls of those who watch, who would keep a server from ending. */
export interface Health extends Disposable {
  readonly definition: typeof HealthDefinition;
  readonly implementation: ReturnType<typeof HealthServiceImpl>;
  /** Tells those who watch at once. */
  update(): void;
}

/**
 * Health as grpc.health.v1 knows it: of the process (the empty name) and each of its services, whether traffic is welcome; and
 * of {@link livenessName}, that it lives. Readiness may end with a dependency, and nobody should end the process for that.
 */
export function healthOf(services: readonly string[], isReady: () => boolean): Health {
  const state = HealthState();
  state.setStatus("healthy", livenessName);
  const update = () => {
    const status = isReady() ? "healthy" : "unhealthy";
    for (const name of ["", ...services]) state.setStatus(status, name);
  };
  update();
  const over = new AbortController();
  const timer = setInterval(update, watchIntervalMs).unref();
  const { check, watch } = HealthServiceImpl(state);
  return {
    definition: HealthDefinition,
    implementation: {
      check(request, call) {
        update();
        return check(request, call);
      },
      watch: (request, call) => watch(request, { ...call, signal: AbortSignal.any([call.signal, over.signal]) }),
    },
    update,
    [Symbol.dispose]() {
      clearInterval(timer);
      over.abort();
    },
  };
}
