import { ofKind } from "./render-chart.ts";

/** A peer of a NetworkPolicy. */
export interface Peer {
  readonly podSelector?: { readonly matchLabels?: Record<string, string> };
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

/** A rule of a NetworkPolicy, in either direction. */
export interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports: readonly { readonly port: number }[];
}

const componentOf = (peer: Peer) => peer.podSelector?.matchLabels?.["app.kubernetes.io/component"];

/** Who may call whom, as the NetworkPolicies of a rendering say it at one of the two ends: `gateway > router`, sorted. */
export const edgesIn = (text: string, direction: "ingress" | "egress"): string[] =>
  [...ofKind(text, "NetworkPolicy")]
    .flatMap(([service, { spec }]) =>
      ((spec[direction] ?? []) as Rule[]).flatMap((rule) =>
        [...(rule.from ?? []), ...(rule.to ?? [])].flatMap((peer) => {
          const other = componentOf(peer);
          if (other === undefined) return [];
          return direction === "egress" ? [`${service} > ${other}`] : [`${other} > ${service}`];
        }),
      ),
    )
    .sort();
