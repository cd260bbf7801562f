// Where a rule does not hold, and why. One that is not needed any more is a problem itself.

export interface Exception {
  rule: string;
  path: string;
  reason: string;
}

export const exceptions: readonly Exception[] = [];
