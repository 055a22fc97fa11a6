// Addresses of vector tiles. `version` changes when a record of the kind changes, so that the map
// asks again; the space goes along in the header (see map/stage.ts).
export const tile_address = (layer: string, version: string) =>
    `${location.origin}/api/v1/tiles/${layer}/{z}/{x}/{y}?v=${encodeURIComponent(version)}`;
export const live_address = (since: number, space: string) =>
    `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/live?since=${since}&space=${encodeURIComponent(space)}`;
