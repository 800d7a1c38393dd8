# What a refusal's arguments are called in a sentence: states, and fields as the API spells them.

word-DRAFT = borrador
word-PUBLISHED = publicado
word-FUNDING = en financiamiento
word-FULLY_FUNDED = financiado por completo
word-READY_FOR_APPROVAL = listo para aprobación
word-APPROVED = aprobado
word-IN_EXECUTION = en ejecución
word-COMPLETED = completado
word-SETTLED = liquidado
word-CANCELLED = cancelado

word-NOTHING = ya nada
word-OWNER = su dueño
word-ADMIN = un administrador
word-NONE = ninguna
word-LATE = atrasado
word-DISPUTED = en disputa
word-SUSPENDED = suspendido

word-name = nombre
word-summary = resumen
word-riskText = descripción del riesgo
word-jurisdiction = país, dos letras mayúsculas
word-reason = motivo
word-minTicket = monto mínimo
word-maxTicket = monto máximo
word-productsTicketMin = monto mínimo para productos
word-marginPpm = margen
word-firstLoss = primera pérdida del dueño
word-contingencyPpm = contingencia
word-platformFeePpm = comisión de la plataforma
word-investorSharePpm = parte de los inversionistas
word-successFeePpm = comisión de éxito
word-taxWithholdingPpm = retención de impuestos
word-holdbackPpm = parte retenida
word-holdbackDays = días de retención
word-buybackPpm = precio de recompra
word-decisionHours = horas para decidir
word-coolingOffHours = horas para retirarse
word-fundingDays = días de financiamiento
word-approvalDays = días para aprobar
word-startDays = días para empezar
word-collectionDays = días para recoger productos
word-text = texto
word-note = nota
word-renewHours = horas para renovar
