# What a refusal's arguments are called in a sentence: states, and fields as the API spells them.

word-DRAFT = a draft
word-PUBLISHED = published
word-FUNDING = open for funding
word-FULLY_FUNDED = fully funded
word-READY_FOR_APPROVAL = ready for approval
word-APPROVED = approved
word-IN_EXECUTION = in execution
word-COMPLETED = completed
word-SETTLED = settled
word-CANCELLED = cancelled

word-NOTHING = nothing any more
word-OWNER = its owner
word-ADMIN = an administrator
word-NONE = none
word-LATE = late
word-DISPUTED = disputed
word-SUSPENDED = suspended

word-name = name
word-summary = summary
word-riskText = description of the risk
word-jurisdiction = country, two capital letters
word-reason = reason
word-minTicket = least amount
word-maxTicket = greatest amount
word-productsTicketMin = least amount for products
word-marginPpm = margin
word-firstLoss = the owner's first loss
word-contingencyPpm = contingency
word-platformFeePpm = platform fee
word-investorSharePpm = the investors' share
word-successFeePpm = success fee
word-taxWithholdingPpm = tax withholding
word-holdbackPpm = part that is held back
word-holdbackDays = days that a part is held back
word-buybackPpm = buy-back price
word-decisionHours = hours to decide
word-coolingOffHours = hours to withdraw
word-fundingDays = days for funding
word-approvalDays = days for approval
word-startDays = days to start
word-collectionDays = days to collect goods
word-text = text
word-note = note
word-renewHours = hours to renew
