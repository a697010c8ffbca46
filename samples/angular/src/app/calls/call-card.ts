import { ChangeDetectionStrategy, Component, computed, signal } from '@angular/core';
import type { AnyContract } from 'rxwamp';
import { injectCall, injectWamp } from 'rxwamp/angular';
import { inWords } from '../words';

/** Something to try. */
interface Example {
  readonly label: string;
  readonly procedure: string;
  readonly args: string;
}

const EXAMPLES: readonly Example[] = [
  { label: 'What is turbine 3?', procedure: 'farm.turbine.info', args: '[3]' },
  { label: 'Turn the blades of turbine 1 (operators)', procedure: 'farm.turbine.set_pitch', args: '[1, 40]' },
  { label: 'Ask for a turbine that is not there', procedure: 'farm.turbine.info', args: '[99]' },
  { label: 'How many sessions are there?', procedure: 'wamp.session.count', args: '[]' },
  { label: 'An answer that breaks the contract', procedure: 'farm.sensor.count', args: '[]' },
  { label: 'A procedure that nobody offers', procedure: 'farm.nobody', args: '[]' },
];

/** Calls any procedure with any arguments. */
@Component({
  selector: 'app-call-card',
  host: { class: 'card' },
  template: `
    <h2>Call a procedure</h2>
    <form class="stack" (submit)="call($event)">
      <label class="field"
        >Example
        <select (change)="take($event)" data-testid="example">
          @for (example of examples; track $index) {
            <option [value]="$index">{{ example.label }}</option>
          }
        </select>
      </label>
      <label class="field"
        >Procedure
        <input required spellcheck="false" [value]="procedure()" (input)="setProcedure($event)" data-testid="procedure"
      /></label>
      <label class="field"
        >Arguments, a list in JSON
        <input
          spellcheck="false"
          [value]="args()"
          (input)="setArgs($event)"
          [attr.aria-invalid]="parsed() === undefined"
          aria-describedby="args-says"
          data-testid="args"
        />
      </label>
      <p id="args-says" class="says bad">
        {{ parsed() === undefined ? 'This is no list in JSON, such as [1, "two"].' : '' }}
      </p>
      <div class="row">
        <button class="primary" type="submit" [disabled]="parsed() === undefined || procedure() === ''">Call</button>
        <button type="button" (click)="result.reload()" [disabled]="result.status() === 'idle'">Again</button>
      </div>
    </form>
    <output class="result" data-testid="result" [class.bad]="result.error()" [attr.data-status]="result.status()">{{
      says()
    }}</output>
  `,
  styles: `
    .result {
      display: block;
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      font-family: var(--mono);
      font-size: 0.85rem;
      background: var(--inset);
      border-radius: 0.5rem;
      padding: 0.6rem 0.8rem;
      min-block-size: 1.4rem;
    }
    .result.bad {
      font-family: inherit;
      font-size: inherit;
      color: var(--bad);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class CallCard {
  protected readonly examples = EXAMPLES;
  protected readonly procedure = signal(EXAMPLES[0]?.procedure ?? '');
  protected readonly args = signal(EXAMPLES[0]?.args ?? '[]');
  protected readonly parsed = computed(() => parseList(this.args()));
  /** Any procedure: what users type is in no contract. What comes back is checked all the same. */
  protected readonly result = injectCall(this.procedure, {
    connection: injectWamp<AnyContract>(),
    options: { timeout: 10_000 },
  });
  protected readonly says = computed(() => {
    switch (this.result.status()) {
      case 'idle':
        return 'The result comes here.';
      case 'loading':
        return 'Calling …';
      case 'error':
        return inWords(this.result.error());
      case 'resolved':
        return JSON.stringify(this.result.result()?.args, undefined, 1);
    }
  });

  protected take({ target }: Event): void {
    const example = target instanceof HTMLSelectElement ? EXAMPLES[Number(target.value)] : undefined;
    if (example === undefined) return;
    this.procedure.set(example.procedure);
    this.args.set(example.args);
  }

  protected setProcedure({ target }: Event): void {
    if (target instanceof HTMLInputElement) this.procedure.set(target.value.trim());
  }

  protected setArgs({ target }: Event): void {
    if (target instanceof HTMLInputElement) this.args.set(target.value);
  }

  protected call(event: SubmitEvent): void {
    event.preventDefault();
    const args = this.parsed();
    if (args !== undefined) void this.result.call([...args]);
  }
}

function parseList(text: string): readonly unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}
